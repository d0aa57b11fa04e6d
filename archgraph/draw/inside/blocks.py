"""The things inside a module, as a tree: boxes and sums in stacks, plates around what repeats, nets of parts.

A chain of layers is one stack, residuals included: a residual adds its layers, a sum and a `Skip` past them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from archgraph.draw.inside.attention import Cell, Opening
from archgraph.draw.inside.openings import opening
from archgraph.draw.letters.alphabet import label_of
from archgraph.draw.sketch import titled
from archgraph.graph.module import Leaf, Net, Node

_COLOURS = {"attention": "predictor", "norm": "target", "add": "target", "convolution": "cost"}
# Folded away where only the blocks of a module are shown.
FOLDED = ("dropout",)
# Up to this depth an attention is one box.
_CLOSED = 2


@dataclass(frozen=True)
class Skip:
    """A residual wire: past the blocks from `first` on, into `last`."""

    first: str
    last: str


@dataclass(frozen=True)
class Block:
    """A thing to draw inside a module.

    `kind` is box, sum, delay, stack, net or attention, and inside an attention map or product too; a stack or net has
    children, and a frame (container or plate) if it shows. `what` is the kind or role whose colour it takes; `count`
    how often it repeats; `opening` where the children of an attention stand.
    """

    id: str
    kind: str
    what: str
    title: str
    words: str = ""
    frame: str = ""
    count: int | None = None
    children: tuple[Block, ...] = ()
    skips: tuple[Skip, ...] = ()
    opening: Opening | None = None

    def walk(self) -> Iterator[Block]:
        """The block and all inside, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Blocks:
    """The blocks of modules at a depth.

    `told` are the ports for places that are fed, each with the path of its operation. `names` tells for the path of an
    operation the block that shows it; what is folded away has no entry. `openings` has the attentions that are opened.
    """

    depth: int
    told: frozenset[tuple[str, str]] = frozenset()
    names: dict[str, str] = field(default_factory=dict)
    openings: dict[str, Opening] = field(default_factory=dict)

    def container(self, node: Node) -> Block:
        """The block of a node of the top body: a container, or a box alone for an operation without a role."""
        title = titled(node.role or "module", node.name)
        words = node.label or label_of(node.name)
        if isinstance(node.body, Leaf) and node.repeat is None:
            if not node.role:
                return replace(self.box(node, node.name), words=node.label or node.body.op.title())
            inside = self.box(node._replace(label=""), node.name)
            if inside.words == words and not inside.frame:
                # Nothing is said twice: one box, in the colour of the role.
                return replace(inside, what=node.role, title=title)
            # The module has one name and two outlines: the box inside is set apart by a suffix.
            box = replace(inside, id=f"{node.name}--op")
            self.names[node.name] = box.id
            return Block(node.name, "stack", node.role, title, words, "container", children=(box,))
        body = self.inside(node, node.name)
        frame = replace(body, id=node.name, what=node.role or "node", title=title, words=words, frame="container")
        if node.repeat is not None:
            frame = replace(frame, title=f"{title}, repeated {node.repeat} times", count=node.repeat)
        return frame

    def inside(self, node: Node, path: str) -> Block:
        """The stack or net of a node's body, without a frame."""
        inner = f"{path}.0" if node.repeat is not None else path
        if isinstance(node.body, Leaf):
            return Block(inner, "stack", "node", node.name, children=(self.box(node, inner),))
        if node.repeat == 0:
            return Block(inner, "stack", "node", node.name)
        if node.body.style == "nodes":
            return self.net(node.body, inner)
        children, skips = self.chain(node.body, inner)
        return Block(inner, "stack", "node", node.name, children=tuple(children), skips=tuple(skips))

    def net(self, body: Net, path: str) -> Block:
        """A body of named nodes; each delayed wire inside it becomes a delay."""
        children = []
        for child in body.nodes.values():
            where = f"{path}.{child.name}"
            items, skips = self.items(child, where)
            whole = Block(where, "stack", "node", child.name, children=tuple(items), skips=tuple(skips))
            children.extend(items if len(items) == 1 and not skips else [whole] if items else [])
        delays = {delay_of(path, wire.source.owner, wire.delay): wire.delay for wire in body.wires if wire.delay}
        children += [Block(id, "delay", "delay", "delay", rf"\zeta^{{-{steps}}}") for id, steps in delays.items()]
        return Block(path, "net", "node", path, children=tuple(children))

    def chain(self, body: Net, path: str) -> tuple[list[Block], list[Skip]]:
        """The blocks of a chain of layers, from the bottom up."""
        children: list[Block] = []
        skips: list[Skip] = []
        for child in body.nodes.values():
            where = f"{path}.{child.name}"
            if self.normalises(child) and children and children[-1].kind == "sum":
                self.join(children, skips, where)
                continue
            more, passing = self.items(child, where)
            children += more
            skips += passing
        return children, skips

    def normalises(self, node: Node) -> bool:
        """Whether a layer is a norm that folds into the sum before it."""
        return self.depth == 1 and isinstance(node.body, Leaf) and node.body.op.glyph == "norm" and node.repeat is None

    def join(self, children: list[Block], skips: list[Skip], path: str) -> None:
        """Fold the sum at the top of a stack and the norm over it into one box."""
        total = children[-1]
        children[-1] = Block(path, "box", "target", "add and norm", "Add, Norm")
        skips[:] = [replace(skip, last=path) if skip.last == total.id else skip for skip in skips]
        for name, block in self.names.items():
            if block == total.id:
                self.names[name] = path
        self.names[path] = path

    def items(self, node: Node, path: str) -> tuple[list[Block], list[Skip]]:
        """What a layer or a part of a net adds to the blocks around it."""
        body = node.body
        if node.repeat == 0:
            return [], []
        if isinstance(body, Leaf) and node.repeat is None:
            folded = self.depth == 1 and body.op.name in FOLDED
            return ([] if folded else [self.box(node, path)]), []
        if isinstance(body, Net) and body.style == "residual" and node.repeat is None:
            return self.residual(body, path)
        inside = self.inside(node, path)
        if not inside.children:
            return [], []
        if node.repeat is None and not node.role and len(inside.children) == 1:
            return list(inside.children), list(inside.skips)
        return [self.framed(node, path, inside)], []

    def framed(self, node: Node, path: str, inside: Block) -> Block:
        """A container around a role, else a plate."""
        repeated = f", repeated {node.repeat} times" if node.repeat is not None else ""
        title = titled(node.role or "group", node.name) + repeated
        unnamed = node.name.rstrip("_0123456789") == "repeat" and not node.label
        words = "" if unnamed else node.label or label_of(node.name)
        frame = "container" if node.role else "plate"
        what = node.role or "node"
        return replace(inside, id=path, what=what, title=title, words=words, frame=frame, count=node.repeat)

    def residual(self, body: Net, path: str) -> tuple[list[Block], list[Skip]]:
        """The layers of a residual, the sum over them, and the wire past them."""
        last = list(body.nodes.values())[-1]
        inner = replace(body, nodes={name: node for name, node in body.nodes.items() if name != last.name})
        children, skips = self.chain(inner, path)
        total = Block(path, "sum", "target", f"sum of {path}")
        self.names[f"{path}.{last.name}"] = path
        if not children:
            return [total], []
        return [*children, total], [*skips, Skip(children[0].id, path)]

    def attention(self, path: str, words: str, title: str, inside: Opening) -> Block:
        """An attention opened: a container in the colour of attentions."""
        self.openings[path] = inside
        cells = tuple(map(_cell, inside.cells))
        what = _COLOURS["attention"]
        return Block(path, "attention", what, title, words, "container", children=cells, opening=inside)

    def box(self, node: Node, path: str) -> Block:
        """One operation."""
        assert isinstance(node.body, Leaf)
        op = node.body.op
        words = node.label or op.title()
        if self.depth == 1 and op.glyph == "norm":
            words = node.label or "Norm"
        self.names[path] = path
        inside = opening(path, op, self.told) if self.depth > _CLOSED else None
        if inside is not None:
            return self.attention(path, words, f"{op.title()} {path}", inside)
        kind = "sum" if op.glyph == "add" else "box"
        return Block(path, kind, _COLOURS.get(op.glyph, "node"), f"{op.title()} {path}", words)


def _cell(cell: Cell) -> Block:
    return Block(cell.id, cell.kind, cell.what, f"{cell.title} {cell.id}", cell.said)


def delay_of(path: str, owner: str, steps: int) -> str:
    """The id of the delay of a part inside a net."""
    return f"{path}.delay--{owner}-{steps}"
