"""A class per node: constructors of what it holds, and a straight-line forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import get_args

from archgraph.emit.code import Argument, ClassCode, Spot
from archgraph.emit.layout import assignment, camel, joined, shape
from archgraph.emit.returns import returning
from archgraph.emit.runtime import BUILTIN, names
from archgraph.emit.scope import INDENT, WIDTH, Ahead, Demand, MaskPlace, Names, Scope
from archgraph.emit.site import Place
from archgraph.emit.statements import Statements
from archgraph.graph.masks import Given, Mask
from archgraph.graph.module import End
from archgraph.graph.program import BodyFacts, LeafFacts, NetFacts, NodeFacts, Program, Values

RESERVED = {*BUILTIN, "NamedTuple", "Output", "self", "layer", "range", "len", "max", "super", "annotations"} | {
    "lengths",
    "corrupt",
    "generator",
}


@dataclass
class Classes:
    """Writes the classes of one program, each once."""

    program: Program
    recompute: bool = False  # whether repeated blocks run again for the gradient
    use: set[str] = field(default_factory=set)
    written: list[ClassCode] = field(default_factory=list)
    cache: dict[object, ClassCode] = field(default_factory=dict)
    standing: dict[str, ClassCode] = field(default_factory=dict)  # by the path of the module
    taken: Names = field(default_factory=lambda: Names(set(RESERVED) | names()))

    @property
    def ties(self) -> Mapping[str, str]:
        """Tied parameters with their owners."""
        return self.program.ties()

    def needs_class(self, facts: NodeFacts) -> bool:
        """Whether the copies of a node get a class: groups, repeats, and what holds a body of its own."""
        body = facts.copies[0] if facts.copies else None
        if not isinstance(body, NetFacts):
            return False
        if facts.node.repeat is not None or facts.node.role or body.net.style == "nodes":
            return True
        return any(isinstance(copy, NetFacts) for inner in body.nodes.values() for copy in inner.copies) or any(
            inner.node.repeat is not None for inner in body.nodes.values()
        )

    def body(self, facts: NetFacts, wish: str, spot: Spot) -> ClassCode:
        """The class of a body, written if it is new."""
        key = (self.likeness(facts), spot.outputs, spot.unmoved, _tied_below(spot.path, self.ties))
        if key not in self.cache:
            name = self.title(camel(wish), "Node")
            self.cache[key] = self._write(facts, spot, name)
            self.written.append(self.cache[key])
        return self.cache[key]

    def likeness(self, body: BodyFacts) -> object:
        """What the code of a body depends on: what it is, the types that come in, and which masks are one."""
        return id(body.leaf if isinstance(body, LeafFacts) else body.net), _signature(body.given)

    def fitting(self, body: BodyFacts, spot: Spot) -> ClassCode | None:
        """The class that stands at a spot, if it was written for such a body, and gives what is read there."""
        code = self.standing.get(spot.path)
        if code is None or code.form != self._form(body) or not set(spot.outputs) <= set(code.outputs):
            return None
        return None if any(demand.kind == "size" for demand in code.demands) else code

    def _form(self, body: BodyFacts) -> object:
        return id(body.leaf if isinstance(body, LeafFacts) else body.net), _signature(body.given, renamed=True)

    def title(self, wish: str, kind: str) -> str:
        """The name of a class: as wished, unless the file has that; then with its kind, as in `EmbeddingNode`."""
        return self.taken.new(f"{wish}{kind}" if wish in self.taken.taken else wish, "")

    def _write(self, facts: NetFacts, spot: Spot, name: str) -> ClassCode:
        wanted = spot.outputs
        makes = self.makes(facts, name, spot)
        scope = Scope(Names(set(RESERVED) | names()), self.use)
        arguments = _arguments(facts.given, scope)
        values: dict[End, tuple[str, ...]] = {}
        for argument in arguments:
            end = End("", argument.port)
            values[end] = (*values.get(end, ()), argument.name)
        scope.arguments = frozenset(argument.name for argument in arguments)
        statements = Statements(self, scope, name)
        inside = Spot("self", spot.path, arguments[0].name if arguments else "x", wanted, unmoved=spot.unmoved)
        results = statements.net(facts, values, inside)
        demands = tuple(scope.demands.values())
        lines = [
            f"class {name}(nn.Module):",
            *_summary(facts, wanted),
            *(["", "    def __init__(self) -> None:", "        super().__init__()", *makes] if makes else []),
            "",
            *_signature_lines(arguments, demands, wanted),
            *_returned(scope.lines, [results[port] for port in wanted], arguments),
        ]
        return ClassCode(name, tuple(lines), arguments, demands, wanted, self._form(facts))

    def makes(self, facts: NetFacts, owner: str, spot: Spot) -> list[str]:
        """The lines of a constructor."""
        lines: list[str] = []
        for name, node in facts.nodes.items():
            made = self.make(node, owner, spot.inside(facts, name, ""))
            if made:
                lines += assignment(f"self.{name}", made, 2)
        return lines

    def make(self, facts: NodeFacts, owner: str, spot: Spot) -> str:
        """The constructor expression of a node's submodule, or "" if it has none of its own."""
        if facts.node.share or not facts.copies:
            return ""
        if facts.node.repeat is None:
            return self.construct(facts.copies[0], owner, facts, spot)
        copies = facts.copies[:1] if facts.node.shared else facts.copies
        made = [self.construct(copy, owner, facts, spot.copy(index, "")) for index, copy in enumerate(copies)]
        if not any(made):
            return ""
        if len(made) > 1 and len(set(made)) == 1:
            return f"nn.ModuleList({made[0]} for _ in range({len(made)}))"
        return f"nn.ModuleList([{', '.join(made)}])"

    def construct(self, body: BodyFacts, owner: str, facts: NodeFacts, spot: Spot) -> str:
        """The constructor expression of one body."""
        if isinstance(body, LeafFacts):
            scope = Scope(Names(set()), self.use)
            inputs = {port: ("",) * len(values) for port, values in body.given.items()}
            return body.leaf.op.make(Place(body, scope, spot.path, "", inputs, self.ties, unmoved=spot.unmoved))
        if self.needs_class(facts) or not owner:
            self.standing[spot.path] = self.named(body, owner, facts, spot)
            return f"{self.standing[spot.path].name}()"
        inner = {name: self.make(node, owner, spot.inside(body, name, "")) for name, node in body.nodes.items()}
        items = [f'"{name}": {made}' for name, made in inner.items() if made]
        return f"nn.ModuleDict({{{', '.join(items)}}})" if items else ""

    def named(self, body: BodyFacts, owner: str, facts: NodeFacts, spot: Spot) -> ClassCode:
        """The class of a node's body; layers that are repeated are called after their owner."""
        assert isinstance(body, NetFacts)
        word = facts.node.name
        if facts.node.repeat is not None:
            word = (
                f"{owner}_layer" if word == "repeat" else f"{owner if word.startswith('repeat_') else ''}{word}_layer"
            )
        elif owner and (camel(word) in self.taken.taken or camel(word) in map(camel, self.program.net.nodes)):
            word = f"{owner}_{word}"
        return self.body(body, word, spot)


def _signature(given: Values, *, renamed: bool = False) -> object:
    """What the code of a body depends on: the types that come in, and which masks are one.

    With `renamed`, free axes are numbered, whatever they are called.
    """
    order: dict[object, int] = {}
    numbers: dict[object, int] = {}
    parts = []
    for port, values in given.items():
        for value in values:
            masks = tuple(None if m is None else _form(m, order) for m in value.masks)
            axes: list[object] = [
                numbers.setdefault(axis, len(numbers)) if renamed and axis.constant is None else (axis,)
                for axis in value.type.axes
            ]
            parts.append((port, value.type.element, value.type.classes, tuple(axes), masks, value.start))
    return tuple(parts)


def _form(mask: Mask, order: dict[object, int]) -> object:
    """How a mask is made of those of variables, which are numbered: code may derive one that comes in from another."""
    if isinstance(mask, Given):
        return order.setdefault(mask, len(order))
    parts = (getattr(mask, part.name) for part in fields(mask))
    return (type(mask).__name__, *(_form(p, order) if isinstance(p, get_args(Mask)) else p for p in parts))


def _tied_below(path: str, ties: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(tied.removeprefix(path) for tied in ties if tied.startswith(f"{path}."))


def _arguments(given: Values, scope: Scope) -> tuple[Argument, ...]:
    found = []
    for port, values in sorted(given.items(), key=lambda item: item[0] != "in"):
        wish = "x" if port == "in" else port
        for index, value in enumerate(values):
            name = scope.names.new(wish)
            found.append(Argument(port, index, name))
            for axis, mask in enumerate(value.masks):
                word = "real" if name == "x" else f"{name}_real"
                if mask is not None:
                    scope.inputs.setdefault(mask, (word, MaskPlace(port, index, axis)))
    return tuple(found)


def _signature_lines(
    arguments: tuple[Argument, ...], demands: tuple[Demand, ...], wanted: tuple[str, ...]
) -> list[str]:
    kinds = {"corrupt": "bool", "generator": "torch.Generator | None", "size": "int"}
    words = ["self", *[f"{a.name}: Tensor" for a in arguments]]
    told = {d.name: d.key.kind for d in demands if isinstance(d.key, Ahead)}
    words += [f"{d.name}: {kinds.get(str(d.key), kinds.get(d.kind, told.get(d.name, 'Tensor')))}" for d in demands]
    result = "Tensor" if len(wanted) == 1 else f"tuple[{', '.join(['Tensor'] * len(wanted))}]"
    return joined(f"def forward({{}}) -> {result}:", words, 1)


def _returned(lines: list[str], results: list[str], arguments: tuple[Argument, ...]) -> list[str]:
    """The body with its return."""
    if len(results) == 1:
        return returning(lines, results[0], [argument.name for argument in arguments])
    whole = f"        return {', '.join(results)}"
    return [*lines, whole] if len(whole) <= WIDTH else [*lines, *joined("return ({})", results, 2)]


def _summary(facts: NetFacts, wanted: tuple[str, ...]) -> list[str]:
    """The docstring of a class: what it makes of what, one tensor a line where they do not fit in one."""
    ports = sorted(facts.given.items(), key=lambda item: item[0] != "in")
    given = [f"{'x' if port == 'in' else port} {shape(v.type)}" for port, values in ports for v in values]
    made = [shape(facts.results[port].type) for port in wanted if port in facts.results]
    line = f'{INDENT}"""{" and ".join(given)} to {", ".join(made)}."""'
    if len(line) <= WIDTH:
        return [line]
    tensors = f"\n{INDENT}and ".join(given) + f"\n{INDENT}to " + f",\n{INDENT}".join(made)
    return f'{INDENT}"""{len(given)} in, {len(made)} out.\n\n{INDENT}{tensors}.\n{INDENT}"""'.split("\n")
