"""Which blocks a wire of the spec joins: wires followed through the walls of modules to the operations inside."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from archgraph.draw.inside.attention import Opening
from archgraph.draw.inside.blocks import Blocks, delay_of
from archgraph.draw.sketch import Link, Sketch
from archgraph.graph.module import End, Graph, Net, Node, Wire

# A place where wires end: the path of a node, "in" or "out", and the name of the port.
Pin = tuple[str, str, str]


@dataclass(frozen=True)
class Way:
    """What a wire says besides where it goes."""

    context: bool = False
    stop: bool = False


def joints(graph: Graph, sketch: Sketch, blocks: Blocks) -> tuple[Link, ...]:
    """The links between blocks, and between them and the parts outside modules, each once."""
    builder = _Joints(sketch, blocks)
    for node in graph.nodes.values():
        if node.name in builder.opened:
            builder.node(node, node.name)
    for link in sketch.links:
        source = (link.source, "out", link.outlet)
        target = (link.target, "in", link.port)
        builder.join(source, target, Way(link.context, link.stop))
        if link.target not in builder.opened:
            builder.ends.setdefault(target, link.target)
    return builder.links()


class _Joints:
    def __init__(self, sketch: Sketch, blocks: Blocks) -> None:
        self.blocks = blocks
        self.behind: dict[Pin, list[tuple[Pin, Way]]] = defaultdict(list)
        self.opened = {name for name, part in sketch.parts.items() if part.sort == "module"}
        # The in-ports of what is drawn, by the name of the block that shows it.
        self.ends: dict[Pin, str] = {}
        self.starts: dict[str, str] = {name: name for name in sketch.parts if name not in self.opened}

    def join(self, source: Pin, target: Pin, way: Way) -> None:
        """Join two pins by one way."""
        self.behind[target].append((source, way))

    def node(self, node: Node, path: str) -> None:
        """All wires inside a node."""
        if isinstance(node.body, Net) and node.repeat != 0:
            inner = f"{path}.0" if node.repeat is not None else path
            if inner != path:
                self.wall(node, path, inner)
            for wire in node.body.wires:
                self.wire(wire, node.body, inner)
            for child in node.body.nodes.values():
                self.node(child, f"{inner}.{child.name}")
            return
        block = self.blocks.names.get(path) or self.blocks.names.get(f"{path}.0")
        if block is None:
            for port in node.outputs:
                self.join((path, "in", "in"), (path, "out", port.name), Way())
            return
        if path in self.blocks.openings:
            self.opening(path, self.blocks.openings[path])
            return
        self.starts[path] = block
        self.ends.update(((path, "in", port.name), block) for port in node.body.inputs)

    def opening(self, path: str, inside: Opening) -> None:
        """The wires inside an attention, and from its ports to what reads them."""
        for port, readers in inside.inlets.items():
            for cell, inlet in readers:
                self.ends[cell, "in", inlet] = cell
                self.join((path, "in", port), (cell, "in", inlet), Way())
        for source, cell, inlet in inside.inner:
            self.starts[source] = source
            self.ends[cell, "in", inlet] = cell
            self.join((source, "out", "out"), (cell, "in", inlet), Way())
        self.starts[path] = inside.outlet

    def wall(self, node: Node, path: str, inner: str) -> None:
        """The ports of a repeated body are those of its first copy."""
        for port in node.body.inputs:
            self.join((path, "in", port.name), (inner, "in", port.name), Way())
        for port in node.outputs:
            self.join((inner, "out", port.name), (path, "out", port.name), Way())

    def wire(self, wire: Wire, body: Net, path: str) -> None:
        """One wire inside a body, through its delay if it has one."""
        source = self.pin(wire.source, path, outer="in", inner="out")
        target = self.pin(wire.target, path, outer="out", inner="in")
        way = Way(wire.context, wire.stop)
        if not wire.delay:
            self.join(source, target, way)
            return
        delay = delay_of(path, wire.source.owner, wire.delay)
        if delay not in self.starts:
            self.starts[delay] = delay
            self.ends[(delay, "in", "in")] = delay
            self.join(source, (delay, "in", "in"), Way())
        self.join((delay, "out", "out"), target, way)

    def pin(self, end: End, path: str, *, outer: str, inner: str) -> Pin:
        """The pin of an end of a wire of a body."""
        return (f"{path}.{end.owner}", inner, end.port) if end.owner else (path, outer, end.port)

    def links(self) -> tuple[Link, ...]:
        """A link for every start that reaches an end."""
        found: list[Link] = []
        taken: dict[str, int] = defaultdict(int)
        for end, block in self.ends.items():
            for start, way in self.sources(end):
                if start == block:
                    continue
                name = f"{start}-{block}"
                taken[name] += 1
                unique = name if taken[name] == 1 else f"{name}-{taken[name]}"
                found.append(Link(unique, start, block, end[2], "out", way.context, way.stop))
        return tuple(found)

    def sources(self, end: Pin) -> list[tuple[str, Way]]:
        """The blocks whose output reaches a pin, in the order of the file."""
        found: dict[str, Way] = {}
        waiting = [(pin, way) for pin, way in reversed(self.behind.get(end, []))]
        seen = {end}
        while waiting:
            pin, way = waiting.pop()
            if pin[1] == "out" and pin[0] in self.starts:
                found.setdefault(self.starts[pin[0]], way)
                continue
            if pin in seen:
                continue
            seen.add(pin)
            further = self.behind.get(pin, [])
            waiting += [(p, Way(way.context or w.context, way.stop or w.stop)) for p, w in reversed(further)]
        return list(found.items())
