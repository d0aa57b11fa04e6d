"""The top class: the model's forward over observed variables, its output tuple, energies and losses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from archgraph.emit.classes import RESERVED, Classes
from archgraph.emit.code import Spot, read_outputs
from archgraph.emit.layout import assignment, class_name, joined, plain, shape
from archgraph.emit.objectives import Objectives
from archgraph.emit.runtime import names
from archgraph.emit.scope import INDENT, Names, Scope
from archgraph.emit.shapes import Shapes
from archgraph.emit.statements import Statements
from archgraph.graph.masks import Given
from archgraph.graph.module import End, Node, Variable, Wire
from archgraph.graph.program import BodyFacts, Group, NetFacts, Program

FLAGS = {
    "lengths": "dict[str, Tensor] | None = None",
    "corrupt": "bool = True",
    "generator": "torch.Generator | None = None",
}


@dataclass
class Model:
    """Writes the top class of a program."""

    program: Program
    classes: Classes
    values: dict[End, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        graph = self.program.graph
        self.name = self.classes.title(class_name(graph.name), "Model")
        self.observed = [v for v in graph.variables.values() if v.kind == "input"]
        self.targets = [v for v in graph.variables.values() if v.kind == "target"]
        self.computed = [v for v in graph.variables.values() if not v.observed and v.kind != "parameter"]
        taken = {*RESERVED, *names(), *FLAGS} | {v.name for v in (*self.observed, *self.targets)}
        computed = {v.name: self._local(v.name) for v in self.computed}
        taken |= {*computed.values(), *(self._local(node.name) for node in self.program.objectives)}
        self.scope = Scope(Names(taken), self.classes.use, computed=computed)
        self.alias = ""
        self.scope.observed = {v.name: self.mask(v) for v in (*self.observed, *self.targets) if v.pad is not None}
        self.asked: set[str] = set()
        self.scope.known = {"flag": self.flag, "size": self.size, "parameter": self.owned}
        self.objectives = Objectives(self.program, self.scope)
        self.shapes = Shapes(self.scope, graph.sizes)
        self.statements = Statements(self.classes, self.scope, "")

    def lines(self, methods: Sequence[str] = ()) -> list[str]:
        """The output tuple and the class, with further methods."""
        makes = [*self._parameters(), *self.classes.makes(self.program.net, "", Spot("self", "", ""))]
        forward = self._forward()
        return [
            *self._output(),
            "",
            "",
            f"class {self.name}(nn.Module):",
            f'    """{self._summary()}"""',
            *(["", "    def __init__(self) -> None:", "        super().__init__()", *makes] if makes else []),
            "",
            *forward,
            *self._energy(),
            *methods,
        ]

    def _summary(self) -> str:
        given = ", ".join(f"{v.name} {shape(v.type)}" for v in (*self.observed, *self.targets) if v.type)
        return f"{plain(self.program.graph.title or self.name).rstrip('.')}: {given}."

    def _parameters(self) -> list[str]:
        return [
            f"{INDENT * 2}self.{name} = nn.Parameter(torch.randn({', '.join(map(str, axes))}) * 0.02)"
            for name, axes in self.program.learned.items()
        ]

    def _output(self) -> list[str]:
        lines = [
            "class Output(NamedTuple):",
            '    """What the model returns; energies are per sample, the loss per position."""',
            "",
        ]
        fields = {v.name: v for v in self.computed}
        lines += [f"    {name}: Tensor | None" for name in fields]
        lines += [f"    {node.name}: Tensor | None" for node in self.program.objectives]
        return [
            *lines,
            "    energy: Tensor | None",
            "    loss: Tensor | None",
            "    losses: dict[str, Tensor]",
        ]

    def mask(self, variable: Variable) -> str:
        """How the mask of an observed variable is computed; its helper is brought in when it is written."""
        name = variable.name
        if variable.pad == "lengths":
            given = f'lengths.get("{name}") if lengths else None'
            return f"{self.scope_function('padding.given_lengths')}({name}, {given})"
        if variable.pad == variable.stop:
            return f"{self.scope_function('padding.real_through_stop')}({name}, {variable.pad})"
        return f"{self.scope_function('padding.real_positions')}({name}, {variable.pad})"

    def scope_function(self, path: str) -> str:
        """Bring in a runtime function only when the mask is written."""
        return f"\0{path}\0"

    def _forward(self) -> list[str]:
        needs = self._needs()
        early = [g for g in self.program.net.order if not self._target_bound(g, needs)]
        late = [g for g in self.program.net.order if self._target_bound(g, needs)]
        for variable in self.program.graph.variables.values():
            if variable.observed:
                self.values[End(variable.name, "out")] = (variable.name,)
            elif variable.kind == "parameter":
                self.values[End(variable.name, "out")] = (self._learned(variable),)
        self.shapes.write(self.observed)
        for group in early:
            self._group(group)
        self._late(late, needs)
        self.objectives.totals()
        self._return(full=True)
        alias = [untyped(self.alias)] if self.alias else []
        return [*self._head(), *alias, *self.resolved(self.scope.lines)]

    def _learned(self, variable: Variable) -> str:
        """A learned variable is the same for every sample."""
        batch = next((f"{v.name}.shape[0]" for v in (*self.observed, *self.targets)), "1")
        axes = ", ".join("-1" for _ in (variable.type.axes if variable.type else ()))
        return f"self.{variable.name}.expand({batch}, {axes})"

    def resolved(self, lines: list[str]) -> list[str]:
        """The lines, with the functions of masks brought in."""
        found = []
        for line in lines:
            while "\0" in line:
                head, path, tail = line.split("\0", 2)
                line = f"{head}{self.scope.function(path)}{tail}"
            found.append(line)
        return found

    def _head(self) -> list[str]:
        words = ["self", *[f"{v.name}: Tensor" for v in self.observed]]
        optional = bool(self.targets) and bool(self.observed)
        words += [
            f"{v.name}: Tensor" + (" | None = None" if optional or len(self.targets) > 1 else "") for v in self.targets
        ]
        words += [f"{flag}: {FLAGS[flag]}" for flag in self.flags()]
        return joined("def forward({}) -> Output:", words, 1)

    def flags(self) -> list[str]:
        """The further arguments of forward."""
        lengths = any(v.pad == "lengths" for v in (*self.observed, *self.targets))
        return ["lengths"] * lengths + [flag for flag in ("corrupt", "generator") if flag in self.asked]

    def flag(self, name: str) -> str:
        """An argument of forward that something asks for."""
        self.asked.add(name)
        return name

    def size(self, axis: str) -> str:
        """The length of a free axis, from an observed variable that has it, one that is always given first."""
        types = [(v.name, v.type) for v in (*self.observed, *self.targets) if v.type is not None]
        places = (
            (name, place) for name, type_ in types for place, part in enumerate(type_.axes, 1) if str(part) == axis
        )
        name, place = next(places)
        return f"{name}.shape[{place}]"

    def owned(self, path: str) -> str:
        """The expression of a parameter that another part owns."""
        if held(path) and not self.alias:
            self.alias = self.scope.names.new("model")
        return owned(path, self.alias)

    def _needs(self) -> dict[str, set[str]]:
        """The targets that every member depends on, over data edges of any kind and padding."""
        found: dict[str, set[str]] = {v.name: {v.name} for v in self.targets}
        for group in self.program.net.order:
            needs: set[str] = set()
            for member in group.members:
                for wire in self.program.graph.into(member):
                    needs |= found.get(wire.source.owner, set())
                needs |= self._measured(member)
            for member in group.members:
                found[member] = needs | found.get(member, set())
        return found

    def _measured(self, member: str) -> set[str]:
        """The targets whose length a node takes for an axis that it makes."""
        facts = self.program.net.nodes.get(member)
        made = {name for body in (facts.copies if facts else ()) for name in new_axes(body)}
        targets = {v.name for v in self.targets}
        return {self.size(name).partition(".")[0] for name in made} & targets

    def _target_bound(self, group: Group, needs: dict[str, set[str]]) -> bool:
        return any(needs.get(member) for member in group.members)

    def _group(self, group: Group) -> None:
        if group.scan:
            self.statements.scan(self.program.net, group, self.values, Spot("self", "", ""))
            return
        name = group.members[0]
        variable = self.program.graph.variables.get(name)
        if variable is None:
            self._node(name)
        elif variable.pad == "lengths":
            self.clean([variable], self.scope)
        else:
            self._variable(variable)

    def clean(self, variables: Sequence[Variable], scope: Scope) -> None:
        """Real values behind the lengths are zeroed: whatever stands there, even NaN, must change nothing."""
        for variable in variables:
            if variable.pad == "lengths":
                real, axes = scope.mask(Given(variable.name)), len(variable.type.axes) if variable.type else 1
                name = variable.name
                scope.write(f"{name} = {name}.masked_fill(~{real}{'.unsqueeze(-1)' * (axes - 1)}, 0)")

    def _variable(self, variable: Variable) -> None:
        """A computed variable takes the name of its own; its producer wrote it there already where it could."""
        if variable.observed or variable.kind == "parameter" or End(variable.name, "out") in self.values:
            return
        wire = next(wire for wire in self.program.graph.into(variable.name) if wire.target.port == "in")
        value = self.statements.bring(wire, self.values[wire.source][0], self.program.net, self.values)
        self.scope.lines += assignment(self._local(variable.name), value, self.scope.depth)
        self.values[End(variable.name, "out")] = (self._local(variable.name),)

    def _local(self, name: str) -> str:
        """The local name of a variable or objective: its own, unless the file uses that for something else."""
        if name not in {*RESERVED, *names(), *FLAGS}:
            return name
        return next(f"{name}{'_' * n}" for n in count(1) if f"{name}{'_' * n}" not in self.program.graph.variables)

    def _node(self, name: str) -> None:
        facts = self.program.net.nodes[name]
        given = self.statements.given(self.program.net, name, self.values)
        flow, named = self._result_name(facts.node), self._named_outputs(name)
        spot = Spot("self", "", "").child(name, flow, read_outputs(self.program.net, name, ()))
        self.statements.node(facts, given, self.values, spot._replace(named=named))
        if facts.node in self.program.objectives:
            self.objectives.add(facts.node, given, self.values[End(name, "out")][0])
        for wire in self.program.graph.outof(name):
            value = self.values.get(wire.source, ("",))[0]
            if self._plain(wire) and value == self._local(wire.target.owner):
                self.values[End(wire.target.owner, "out")] = (value,)

    def _plain(self, wire: Wire) -> bool:
        """Whether a wire only gives a node's result the name of a variable."""
        return wire.target.owner in self.program.graph.variables and not (wire.delay or wire.stop or wire.initial)

    def _named_outputs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Outputs by port that are called after the variables that they go into."""
        found: dict[str, str] = {}
        for wire in self.program.graph.outof(name):
            if self._plain(wire) and wire.source.port not in ("out", *found):
                found[wire.source.port] = self._local(wire.target.owner)
        return tuple(found.items())

    def _result_name(self, node: Node) -> str:
        """What a node's result is called: after the variable it goes into, else after the node."""
        if node in self.program.objectives:
            return self._local(node.name)
        for wire in self.program.graph.outof(node.name):
            if self._plain(wire) and wire.source.port == "out":
                return self._local(wire.target.owner)
        return self.scope.names.new(f"h_{node.name}")

    def _late(self, groups: list[Group], needs: dict[str, set[str]]) -> None:
        """What depends on targets: all of it where there is one target, else each part where its targets are given."""
        if len(self.targets) < 2:
            if groups and self.observed:
                self._unless_given()
            self.shapes.write(self.targets)
            for group in groups:
                self._group(group)
            return
        names = [*[v.name for v in self.computed], *[node.name for node in self.program.objectives]]
        late = {self._local(name): needs[name] for name in names if needs.get(name)}
        for name in late:
            self.scope.write(f"{name}: Tensor | None = None")
        sets = dict.fromkeys(frozenset().union(*(needs.get(m, set()) for m in group.members)) for group in groups)
        for needed in sorted(sets, key=len):
            there = [name for name, wanted in late.items() if wanted < needed]
            mine = [g for g in groups if set().union(*(needs.get(m, set()) for m in g.members)) == needed]
            self._block(needed, mine, there)
        self._unless_given()
        known = [energy for name, energy in self.objectives.energies.items() if needs.get(name)]
        if known:
            self.scope.write(f"assert {' and '.join(f'{energy} is not None' for energy in known)}")

    def _block(self, needed: frozenset[str], groups: list[Group], there: list[str]) -> None:
        """What needs these targets; of what is `there` where fewer are given, what it reads is no longer optional."""
        lines, self.scope.lines = self.scope.lines, []
        self.scope.depth += 1
        self.shapes.write([v for v in self.targets if v.name in needed], lasting=False)
        for group in groups:
            self._group(group)
        body, self.scope.lines = self.scope.lines, lines
        self.scope.depth -= 1
        if body:
            order = [v.name for v in self.targets if v.name in needed]
            self.scope.write(f"if {' and '.join(f'{name} is not None' for name in order)}:")
            read = [name for name in there if any(re.search(rf"\b{name}\b", line) for line in body)]
            told = [f"{INDENT * (self.scope.depth + 1)}assert {' and '.join(f'{name} is not None' for name in read)}"]
            self.scope.lines += [*told, *body] if read else body

    def _unless_given(self) -> None:
        """Return early what is known without the targets."""
        self.scope.write(f"if {' or '.join(f'{v.name} is None' for v in self.targets)}:")
        self.scope.depth += 1
        self._return(full=False)
        self.scope.depth -= 1

    def _return(self, *, full: bool) -> None:
        words = [self.values.get(End(v.name, "out"), ("None",))[0] for v in self.computed]
        words += [self.objectives.energies.get(node.name, "None") for node in self.program.objectives]
        if full and self.objectives.losses:
            words += [self.objectives.energy, self.objectives.loss, "losses"]
        else:
            words += ["None", "None", "{}"]
        self.scope.lines += joined("return Output({})", words, self.scope.depth)

    def _energy(self) -> list[str]:
        """The method that scores candidates."""
        if self.objectives.energy == "None":
            return []
        variables = (*self.observed, *self.targets)
        words = ["self", *[f"{v.name}: Tensor" for v in variables]] + [
            f"{flag}: {FLAGS[flag]}" for flag in self.flags()
        ]
        passed = ", ".join([v.name for v in variables] + [f"{flag}={flag}" for flag in self.flags()])
        return [
            "",
            *joined("def energy({}) -> Tensor:", words, 1),
            '        """The energy (B,) of each sample: low where the variables are compatible."""',
            f"        energy: Tensor = self({passed}).energy",
            "        return energy",
        ]


def held(path: str) -> bool:
    """Whether a parameter lies in what holds layers, of which torch tells no types: an item, or deeper than a layer."""
    parts = path.split(".")
    return len(parts) > 3 or any(part.isdigit() for part in parts)


def untyped(alias: str) -> str:
    """The line that lets a type checker pass what modules hold."""
    return f"{INDENT * 2}{alias}: Any = self  # of what modules hold, torch tells no types"


def owned(path: str, model: str = "model") -> str:
    """The expression of a parameter by its path: copies of a repeat are items."""
    words = [model if held(path) else "self"]
    for part in path.split("."):
        words.append(f"[{part}]" if part.isdigit() else f".{part}")
    return "".join(words)


def new_axes(body: BodyFacts) -> set[str]:
    """The free axes that operations of a body make and nothing gave them."""
    if isinstance(body, NetFacts):
        return {name for node in body.nodes.values() for copy in node.copies for name in new_axes(copy)}
    given = {
        name for values in body.given.values() for value in values for axis in value.type.axes for name in axis.names
    }
    return {name for value in body.results.values() for axis in value.type.axes for name in axis.names - given}
