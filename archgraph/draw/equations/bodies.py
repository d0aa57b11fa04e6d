"""The equations of one body: what each variable or port is, in terms of what flows into it.

A module that one wire leaves is written where it is used; one that several read, or that stands behind a delay, gets
a name of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from archgraph.draw.equations.names import functions, operation
from archgraph.draw.equations.pieces import (
    Equation,
    Formula,
    Piece,
    Pieces,
    applied,
    bracketed,
    factor,
    formulas,
    joined,
    port_symbol,
    spelled,
    tex,
)
from archgraph.graph.module import OBJECTIVES, End, Leaf, Net, Node, Wire

_DEEPEST = 2


@dataclass
class Body:
    """A body, with what its variables or own input ports are called.

    Attributes:
        net: the nodes and wires.
        symbols: by the name of a variable, or of an input port of the body that is fed.
        prefix: what goes before the ids of the equations.
        capitals: what objectives are called, by name.
        within: names that are taken by functions around, and what tells those of this body apart.
    """

    net: Net
    symbols: Mapping[str, Pieces]
    prefix: str = ""
    capitals: Mapping[str, Piece] = field(default_factory=dict)
    within: tuple[frozenset[str], str] = (frozenset(), "")

    def __post_init__(self) -> None:
        self.functions = functions(self.net.nodes, *self.within)
        self.inlined: dict[str, int] = {}
        spelled_out = [name for name, node in self.net.nodes.items() if _learned(node)]
        self.marks = {name: self.functions[name].tex for name in spelled_out} if len(spelled_out) > 1 else {}

    def into(self, name: str) -> tuple[Wire, ...]:
        """The wires into a part, but those from an input port of the body that nothing feeds."""
        return arriving(self.net, name, self.symbols)

    def equations(self) -> Iterator[Equation]:
        """The lines of the body in the order of the flow."""
        for wire in self.net.wires:
            if wire.initial:
                left = tuple(Piece(f"{{{piece.tex}}}_{{0}}", piece.what) for piece in self.symbols[wire.target.owner])
                yield Equation(f"{self.prefix}{wire.target.owner}--initial", left, self.read(wire))
        for name in self.order():
            if self.net.nodes[name].role not in OBJECTIVES and not self.inline(name):
                yield from self.node(name)
        for wire in self.net.wires:
            direct = wire.source.owner in self.symbols and wire.target.owner in self.symbols and not wire.initial
            if direct:
                yield Equation(f"{self.prefix}{wire.target.owner}", self.symbols[wire.target.owner], self.read(wire))

    def node(self, name: str) -> Iterator[Equation]:
        """The lines of one node."""
        yield from self.parts(name)
        if not self.lines(name) or any(line.output == "out" for line in self.lines(name)):
            yield Equation(f"{self.prefix}{name}", self.outputs(name), self.value(name))

    def parts(self, name: str) -> Iterator[Equation]:
        """The lines of a node but that of its output: what it names, and what else it gives, if anything reads that."""
        lines, id = self.lines(name), f"{self.prefix}{name}"
        read = {wire.source.port for wire in self.net.outof(name)}
        for index, line in enumerate(lines):
            if line.output == "out":
                continue
            if not line.output:
                yield Equation(f"{id}--{index + 1}", tex(line.left), self.spell(name, line.right), line.sign)
            elif line.output in read or any(other.count(f"out.{line.output}") for other in lines):
                left = self.output(name, line.output)
                yield Equation(f"{id}--{line.output}", left, self.spell(name, line.right), line.sign)

    def order(self) -> list[str]:
        """The nodes, each after what it reads without delay, else as in the file."""
        found: dict[str, None] = {}
        waiting = set(self.net.nodes)

        def visit(name: str) -> None:
            if name not in waiting:
                return
            waiting.discard(name)
            for source in self.before(name):
                visit(source)
            found[name] = None

        for name in self.net.nodes:
            visit(name)
        return list(found)

    def before(self, name: str) -> list[str]:
        """The nodes that feed one without delay, through variables too."""
        direct = [wire.source.owner for wire in self.into(name) if not wire.delay]
        through = [
            wire.source.owner
            for owner in direct
            if owner and owner not in self.net.nodes
            for wire in self.into(owner)
            if not wire.delay and not wire.initial
        ]
        return [owner for owner in (*direct, *through) if owner in self.net.nodes]

    def inline(self, name: str) -> bool:
        """Whether a node is written where it is used."""
        return self.depth(name) < _DEEPEST

    def depth(self, name: str) -> int:
        """How many nodes are written inside one another up to this one; `_DEEPEST` for one with a line of its own."""
        if name not in self.inlined:
            self.inlined[name] = _DEEPEST
            wires = self.net.outof(name)
            alone = len(wires) == 1 and wires[0].target.owner not in self.symbols and not wires[0].delay
            if alone and wires[0].source.port == "out" and self.short(name) and not self.repeated(wires[0]):
                inner = [w.source.owner for w in self.into(name) if w.source.owner in self.net.nodes]
                held = [self.depth(owner) for owner in inner]
                most = _DEEPEST if wires[0].target.owner else _DEEPEST - 1  # what the body gives has no other name
                self.inlined[name] = min(most, 1 + max([d for d in held if d < _DEEPEST], default=-1))
        return self.inlined[name]

    def short(self, name: str) -> bool:
        """Whether a node is one expression, in which it does not occur itself."""
        lines = self.lines(name)
        return len(lines) < 2 and not any(line.count("out") for line in lines)

    def repeated(self, wire: Wire) -> bool:
        """Whether what arrives by a wire is written more than once there."""
        if wire.target.owner not in self.net.nodes:
            return False
        return sum(line.count(wire.target.port) for line in self.lines(wire.target.owner)) > 1

    def lines(self, name: str) -> tuple[Formula, ...]:
        """What the one operation of a node computes; () where it has several, or only a name."""
        leaf = single(self.net.nodes[name])
        return formulas(leaf.op.equations({wire.target.port for wire in self.into(name)})) if leaf else ()

    def value(self, name: str) -> Pieces:
        """What a node gives: spelled out, or as a function of what flows in."""
        whole = next((line for line in self.lines(name) if line.output == "out"), None)
        if whole:
            return self.spell(name, whole.right)
        return applied(self.function(name), [self.read(wire) for wire in self.into(name)])

    def function(self, name: str) -> Piece:
        """The function that a node is; the power of one that is repeated."""
        node, found = self.net.nodes[name], self.functions[name]
        if isinstance(node.body, Leaf) and not node.role and node.repeat is None and not node.math:
            return operation(node.body.op)
        return found if node.repeat is None else Piece(f"{{{found.tex}}}^{{{node.repeat}}}", found.what)

    def spell(self, name: str, template: str) -> Pieces:
        """The text of an operation with what flows in."""
        ports: dict[str, list[Pieces]] = {}
        for wire in self.into(name):
            ports.setdefault(wire.target.port, []).append(self.read(wire))
        ports["out"] = [self.named(name, "out")] if "<out>" in template else []
        for line in self.lines(name):
            ports[f"out.{line.output}"] = [self.output(name, line.output)]
        return spelled(template, ports, self.marks.get(name, ""))

    def read(self, wire: Wire) -> Pieces:
        """What arrives by a wire, through its delay."""
        found = self.end(wire.source)
        if wire.stop:
            found = applied(Piece(r"\mathrm{sg}"), [found])
        if wire.delay:
            found = (Piece(rf"\zeta^{{-{wire.delay}}}", "delay"), *factor(found))
        return found

    def end(self, end: End) -> Pieces:
        """What leaves by an end: a symbol, or the node in its place."""
        if not end.owner or end.owner in self.symbols:
            return self.symbols[end.owner or end.port]
        if self.inline(end.owner):
            return self.value(end.owner)
        return self.named(end.owner, end.port)

    def named(self, name: str, port: str) -> Pieces:
        """What an output of a node is called: as the variable that it feeds, or after the node."""
        if name in self.capitals:
            return (self.capitals[name],)
        for wire in self.net.outof(name):
            known = wire.target.owner in self.symbols and not wire.delay and not wire.initial
            if wire.source.port == port and known:
                return self.symbols[wire.target.owner]
        above = self.functions[name].tex
        below = "" if port == "out" else rf"_{{\mathrm{{{port}}}}}"
        return (Piece(rf"\boldsymbol{{h}}^{{{above}}}{below}", "hidden"),)

    def output(self, name: str, port: str) -> Pieces:
        """What an output is called beside the first: as what reads it, or by its own name where nothing does."""
        read = any(wire.source.port == port for wire in self.net.outof(name))
        return self.named(name, port) if read else (port_symbol(port),)

    def outputs(self, name: str) -> Pieces:
        """The left side of a node's line: each of its outputs that is read, but what has a line of its own."""
        own = {line.output for line in self.lines(name)} - {"out"}
        ports = dict.fromkeys(wire.source.port for wire in self.net.outof(name) if wire.source.port not in own)
        names = [self.named(name, port) for port in ports]
        if not names:
            return self.named(name, "out")
        return bracketed(joined(names, ",")) if len(names) > 1 else names[0]


def arriving(net: Net, name: str, fed: Collection[str]) -> tuple[Wire, ...]:
    """The wires into a part of a body, of whose own input ports some are fed."""
    return tuple(wire for wire in net.into(name) if wire.source.owner or wire.source.port in fed)


def single(node: Node) -> Leaf | None:
    """The operation that a node is, and that is written in its place; None where it is called by its name.

    A chain of one layer is called by its name if that layer takes several lines.
    """
    leaf = _alone(node)
    return leaf if leaf is node.body or (leaf and len(leaf.op.equations()) == 1) else None


def _alone(node: Node) -> Leaf | None:
    """The one operation of a node, whose ports are those of the node; None where there are more."""
    if node.repeat is not None:
        return None
    if isinstance(node.body, Leaf):
        return node.body
    alone = node.body.style == "layers" and len(node.body.nodes) == 1
    plain = {port.name for port in node.body.inputs} <= {"in", "context"}
    return _alone(next(iter(node.body.nodes.values()))) if alone and plain else None


def _learned(node: Node) -> bool:
    """Whether the equations of a node name learned tensors."""
    leaf = single(node)
    return leaf is not None and any(line.learned for line in formulas(leaf.op.equations()))
