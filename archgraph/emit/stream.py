"""The streaming form: what depends on no target is computed once, what moves with it goes some steps at a time.

Two methods are written beside `forward`: `start`, which computes the first part and makes the state, and `step`, which
takes the symbols before the next n positions and predicts the symbols there. The nodes are written straight into
them, past the classes that hold them: a step is short, and calls would cost more than it does.

Nearly everything stands at the position that is predicted, and sees the symbols before it. What reads the target
without a delay stands one behind, at the symbol just read; a delay later brings it forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from archgraph.core.dims import Dim
from archgraph.core.lags import Transfer
from archgraph.emit.code import NotCausal, Spot, Writer, read_outputs
from archgraph.emit.scope import INDENT, Scope
from archgraph.emit.site import Place, StepPlace
from archgraph.emit.statements import NAME, Statements
from archgraph.graph.module import End, Node, Variable, Wire
from archgraph.graph.program import BodyFacts, Group, LeafFacts, NetFacts, NodeFacts, Program

Texts = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Flowing:
    """A tensor in the streaming form.

    `moves` says whether it comes in steps, `behind` how many positions it stands behind the one that is predicted.
    What does not move is known in `start` by the name `text`.
    """

    text: str
    moves: bool = True
    behind: int = 0


@dataclass(frozen=True)
class Clock:
    """Which positions a step is about: how far behind, how many, and the place of the first."""

    behind: int
    length: str
    first: str


Flows = dict[End, tuple[Flowing, ...]]
Given = dict[str, tuple[Flowing, ...]]


@dataclass
class Kept:
    """A part of the state: the name that `step` knows it by, and its items by key with what `start` puts there."""

    name: str
    path: str = ""
    items: dict[str, str] = field(default_factory=dict)
    tensors: dict[str, str] = field(default_factory=dict)  # what is kept already: text to key

    def put(self, wish: str, value: str) -> str:
        """Keep a value; the expression that `step` reads it by."""
        key, number = wish, 2
        while key in self.items:
            key, number = f"{wish}_{number}", number + 1
        self.items[key] = value
        return f'{self.name}["{key}"]'

    @property
    def text(self) -> str:
        """The state as an expression of `start`."""
        return "{" + ", ".join(f'"{key}": {value}' for key, value in self.items.items()) + "}"


@dataclass
class Stream:
    """Writes the two methods. `axis` is that of the target's positions."""

    classes: Writer
    start: Scope
    step: Scope
    target: Variable
    kept: Kept = field(default_factory=lambda: Kept("state"))
    behind: bool = False  # whether statements are written that only run if something was read
    lagging: bool = False  # whether there are any
    inside: Clock | None = None  # in a loop over positions: the one position
    stepped: set[str] = field(default_factory=set)  # runtime classes that go by steps

    def __post_init__(self) -> None:
        assert self.target.type is not None
        self.axis: Dim = self.target.type.axes[0]
        self.once = Statements(self.classes, self.start, "")
        self.moving = Statements(self.classes, self.step, "")

    @property
    def program(self) -> Program:
        """The program that is written."""
        return self.classes.program

    # What flows, and when

    def clock(self, behind: int) -> Clock:
        """The positions that stand so far behind; statements about them are written next."""
        if self.inside is not None:
            return self.inside
        if behind and not self.behind:
            self.step.write("if read.shape[1]:")
            self.lagging = True
        if bool(behind) != self.behind:
            self.step.depth += 1 if behind else -1
            self.behind = bool(behind)
        return Clock(1, "read.shape[1]", "place") if behind else Clock(0, f"{self.target.name}.shape[1]", "first")

    def given(self, facts: NetFacts, name: str, values: Flows) -> Given:
        """What arrives at the ports of a node, all of it that moves at the same positions."""
        wires = [(wire, flowing) for wire, flowing in _arriving(facts, name, values)]
        behind = self.place(wires)
        found: Given = {}
        for wire, flowing in wires:
            brought = self.bring(wire, flowing, behind, facts)
            found[wire.target.port] = (*found.get(wire.target.port, ()), brought)
        return found

    def place(self, wires: list[tuple[Wire, Flowing]]) -> int:
        """How far behind what these wires meet in must stand."""
        if self.inside is not None:
            return self.inside.behind
        return max((max(flowing.behind - wire.delay, 0) for wire, flowing in wires if flowing.moves), default=0)

    def bring(self, wire: Wire, flowing: Flowing, behind: int, facts: NetFacts) -> Flowing:
        """What a wire makes of a tensor: delayed, and held back until the positions are those of the reader."""
        if not flowing.moves:
            plain = Wire(wire.source, wire.target, wire.span, wire.delay, wire.axis)
            values: dict[End, tuple[str, ...]] = {end: (text,) for end, text in self.initial(wire, facts)}
            return Flowing(self.once.bring(plain, flowing.text, facts, values), moves=False)
        steps = wire.delay
        if flowing.text == "read" and steps and not behind:
            # the first symbol to be read is what stands before the sequence, which makes one step of the delay
            flowing, steps = Flowing(self.target.name), steps - 1
        if not steps and flowing.behind == behind:
            return flowing
        state = self.kept.put(f"{_word(wire.source)}_past", self.before(wire.source, steps, facts))
        return Flowing(self.queue(state, flowing, steps, behind), behind=behind)

    def queue(self, state: str, flowing: Flowing, steps: int, behind: int) -> str:
        """What is read of a queue of positions: those of the reader."""
        text = flowing.text if NAME.match(flowing.text) else "past"
        name = self.step.names.new(f"{text}_past")
        if flowing.behind == behind:
            self.clock(behind)
            self.step.write(f"{name} = torch.cat(({state}, {flowing.text}), 1)")
            self.step.write(f"{state} = {name}[:, -{steps}:]")
            return f"{name}[:, :-{steps}]"
        self.clock(flowing.behind)
        self.step.write(f"{state} = torch.cat(({state}, {flowing.text}), 1)")
        length = self.clock(behind).length
        self.step.write(f"{name}, {state} = {state}[:, : {length}], {state}[:, {length} :]")
        return name

    def initial(self, wire: Wire, facts: NetFacts) -> Iterator[tuple[End, str]]:
        """The value before the first step of a wire's source, where one is wired."""
        for first in facts.net.into(wire.source.owner):
            if first.initial and first.source in self.known:
                yield first.source, self.known[first.source][0].text

    def before(self, end: End, steps: int, facts: NetFacts) -> str:
        """What stands before the first position: the initial value, the start symbol, or zeros; so many steps."""
        first = next((w for w in facts.net.into(end.owner) if w.initial), None)
        if first is not None and first.source in self.known:
            text = f"{self.known[first.source][0].text}.unsqueeze(1)"
            return text if steps == 1 else f"{text}.repeat_interleave({steps}, 1)"
        known = facts.values[f"{end.owner}.{end.port}"].type
        weight = self.weight()
        if known.element in ("tokens", "class"):
            variable = self.program.graph.variables.get(end.owner)
            symbol = (variable.start or 0) if variable else 0
            return f"torch.full((batch, {steps}), {symbol}, device={weight}.device)"
        sizes = ", ".join(str(axis) for axis in known.axes[1:])
        return f"{weight}.new_zeros({', '.join(part for part in ('batch', str(steps), sizes) if part)})"

    def weight(self) -> str:
        """A parameter, for the device and dtype of what starts from nothing."""
        line = f"{INDENT * 2}weight = next(self.parameters())"
        if line not in self.start.lines:
            self.start.lines.insert(0, line)
        return "weight"

    # Bodies

    def top(self, needed: frozenset[str]) -> Flows:
        """All that the prediction needs; what each variable and node gives."""
        values: Flows = {}
        self.known = values
        spot = Spot("model", "", "", attributes=True)
        for group in self.program.net.order:
            if not needed.isdisjoint(group.members):
                self.group(self.program.net, group, values, spot)
        self.clock(0)
        return values

    def group(self, facts: NetFacts, group: Group, values: Flows, spot: Spot) -> None:
        """One member, or a cycle."""
        if group.scan:
            self.scan(facts, group, values, spot)
            return
        name = group.members[0]
        if name in facts.nodes:
            result = spot.child(name, self.result(facts, name), read_outputs(facts, name, spot.outputs))
            self.node(facts.nodes[name], self.given(facts, name, values), values, result)
        else:
            self.variable(self.program.graph.variables[name], values)

    def result(self, facts: NetFacts, name: str) -> str:
        """What the result of a node is called: after the variable it goes into, else after the node."""
        variables = self.program.graph.variables
        for wire in facts.net.outof(name):
            if wire.source.port == "out" and wire.target.owner in variables and not (wire.delay or wire.initial):
                return self.step.names.new(wire.target.owner)
        return self.step.names.new(f"h_{name}")

    def variable(self, variable: Variable, values: Flows) -> None:
        """An observed variable, a learned one, or one that a node makes."""
        end = End(variable.name, "out")
        if variable.name == self.target.name:
            values[end] = (Flowing("read", behind=1),)
        elif variable.kind == "input":
            values[end] = (Flowing(variable.name, moves=False),)
        elif variable.kind == "parameter":
            axes = ", ".join("-1" for _ in (variable.type.axes if variable.type else ()))
            values[end] = (Flowing(f"self.{variable.name}.expand(batch, {axes})", moves=False),)
        elif variable.kind == "target":
            raise NotCausal(f"the prediction of {self.target.name} needs {variable.name}, another target")
        else:
            found = self.given(self.program.net, variable.name, values).get("in")
            if not found:
                raise NotCausal(f"nothing computes {variable.name}")
            values[end] = found

    def node(self, facts: NodeFacts, given: Given, values: Flows, spot: Spot) -> None:
        """One node; its results are known under `values` afterwards."""
        name, body = facts.node.name, facts.copies[0] if facts.copies else None
        if facts.node.share:
            spot = spot.sibling(facts.node.share)
        if not self.moves(facts, given):
            self.still(facts, given, values, spot)
        elif facts.node.repeat is not None:
            values[End(name, "out")] = (self.repeat(facts, given, spot),)
        elif isinstance(body, LeafFacts):
            self.leaf(facts.node, body, given, values, spot)
        elif body is not None:
            held = self.classes.needs_class(facts) or facts.node.name in self.program.graph.nodes
            inside: Flows = {End("", port): found for port, found in given.items()}
            results = self.net(body, inside, replace(spot, attributes=held))
            values.update({End(name, port): (flowing,) for port, flowing in results.items()})

    def moves(self, facts: NodeFacts, given: Given) -> bool:
        """Whether a node comes in steps: by what it is given, or since it makes the target's positions."""
        if any(flowing.moves for found in given.values() for flowing in found):
            return True
        return any(self.makes(body) for body in facts.copies)

    def makes(self, body: BodyFacts) -> bool:
        """Whether a body makes an axis that only the target binds."""
        if isinstance(body, NetFacts):
            return any(self.makes(copy) for node in body.nodes.values() for copy in node.copies)
        had = any(self.axis in value.type.axes for values in body.given.values() for value in values)
        bound = any(
            self.axis in v.type.axes for v in self.program.graph.variables.values() if v.kind == "input" and v.type
        )
        return not had and not bound and any(self.axis in value.type.axes for value in body.results.values())

    def still(self, facts: NodeFacts, given: Given, values: Flows, spot: Spot) -> None:
        """A node that does not move, written into `start`."""
        texts = {port: tuple(flowing.text for flowing in found) for port, found in given.items()}
        found: dict[End, tuple[str, ...]] = {}
        self.once.node(facts, texts, found, replace(spot, flow=self.start.names.new(f"h_{facts.node.name}")))
        values.update({end: tuple(Flowing(text, moves=False) for text in names) for end, names in found.items()})

    def net(self, facts: NetFacts, values: Flows, spot: Spot) -> dict[str, Flowing]:
        """The nodes of a body in order; what its outputs are afterwards."""
        outer, self.known = self.known, values
        residual, grouped = facts.net.style == "residual", facts.net.style == "nodes"
        inner = self.step.branch() if residual else spot.flow
        kept = self.keep_input(values, spot.flow) if residual else frozenset[str]()
        for group in facts.order:
            if grouped or group.scan:
                self.group(facts, group, values, spot)
                continue
            name = group.members[0]
            wish = spot.flow if name == facts.order[-1].members[-1] else inner
            inside = spot.child(name, wish, read_outputs(facts, name, spot.outputs))
            self.node(facts.nodes[name], self.given(facts, name, values), values, inside)
        if residual:
            self.step.join(inner)
            self.step.branches |= kept
        results = {wire.target.port: wire for wire in facts.net.into("") if wire.target.port in spot.outputs}
        found = {}
        for port, wire in results.items():
            flowing = values[wire.source][0]
            behind = self.place([(wire, flowing)])
            found[port] = self.bring(wire, flowing, behind, facts)
        self.known = outer
        return found

    def keep_input(self, values: Flows, flow: str) -> frozenset[str]:
        """What goes into a residual is used twice: it needs a name, and is no branch to be used up till the end."""
        source = values[End("", "in")][0]
        if source.moves and not NAME.match(source.text):
            self.clock(source.behind)
            self.moving.write(flow, source.text)
            source = replace(source, text=flow)
            values[End("", "in")] = (source,)
        kept = frozenset({source.text}) & self.step.branches
        self.step.branches -= kept
        return kept

    def leaf(self, node: Node, body: LeafFacts, given: Given, values: Flows, spot: Spot) -> None:
        """One operation."""
        behind = max((f.behind for found in given.values() for f in found if f.moves), default=0)
        self.causal(node, body, given, spot.path)
        op, clock = body.leaf.op, self.clock(behind)
        started = op.start(Place(body, self.start, spot.path, spot.module, _texts(given), self.classes.ties))
        state = self.kept.put(self.key(spot.path), started) if started else ""
        if started or op.remembers({port: tuple(v.type for v in found) for port, found in body.given.items()}):
            self.learn(body, spot)
        here = (body, self.step, spot.path, spot.module, _texts(given), self.classes.ties)
        expression = op.step(StepPlace(*here, given, self, clock.first, clock.length), state)
        ports = tuple(port.name for port in body.leaf.outputs if port.name in body.results)
        outputs = ports if len(ports) == 1 else tuple(port if port in spot.outputs else "" for port in ports)
        found: dict[End, tuple[str, ...]] = {}
        self.moving.assign(node.name, outputs, expression, found, spot)
        values.update({end: (Flowing(names[0], behind=clock.behind),) for end, names in found.items()})

    def learn(self, body: LeafFacts, spot: Spot) -> None:
        """Remember which runtime class goes by steps, so that the file carries what it needs for that."""
        inputs = {port: ("",) * len(values) for port, values in body.given.items()}
        scope = Scope(self.start.names, set(), known=self.start.known)
        body.leaf.op.make(Place(body, scope, spot.path, "", inputs, self.classes.ties))
        self.stepped |= scope.use

    def causal(self, node: Node, body: LeafFacts, given: Given, path: str) -> None:
        """Refuse an operation that reads what is to come, or moves time to another axis."""
        types = {port: tuple(value.type for value in values) for port, values in body.given.items()}
        for (port, _), flow in body.leaf.op.flow(types).items():
            if not any(flowing.moves for flowing in given.get(port, ())):
                continue
            transfer, place = flow.axes[0]
            if types[port][0].axes[0] != self.axis or not transfer.causal or place != 0:
                raise NotCausal(f"'{body.leaf.op.name}' (line {node.span.line}) {_forbids(transfer, place)}", path)

    # Copies and cycles

    def repeat(self, facts: NodeFacts, given: Given, spot: Spot) -> Flowing:
        """The copies of a node one after the other: a loop where they are alike."""
        flow, source = spot.flow, given["in"][0]
        if not facts.copies:
            return source
        if not self.alike(facts, given, spot.path):
            return self.unrolled(facts, given, spot)
        self.clock(source.behind)
        self.moving.write(flow, source.text)
        layers = spot.module if not facts.node.shared else f"range({len(facts.copies)})"
        name = self.step.names.new("layer")
        module = f"{spot.module}[0]" if facts.node.shared else name
        outer, self.kept = self.kept, Kept(self.step.names.new("kept"), f"{spot.path}.0.")
        early, self.start.lines = self.start.lines, []
        late, self.step.lines = self.step.lines, []
        self.start.depth, self.step.depth = self.start.depth + 1, self.step.depth + 1
        result = self.copy(facts, 0, {**given, "in": (replace(source, text=flow),)}, spot.copy(0, module))
        if result.text != flow:
            self.moving.write(flow, result.text)
        self.start.depth, self.step.depth = self.start.depth - 1, self.step.depth - 1
        inner, self.kept = self.kept, outer
        made, self.start.lines = self.start.lines, early
        body, self.step.lines = self.step.lines, late
        state = self.states(inner, made, f"for {name if not facts.node.shared else '_'} in {layers}", spot)
        if state and not facts.node.shared:
            self.step.write(f"for {name}, {inner.name} in zip({layers}, {state}, strict=True):")
        else:
            self.step.write(f"for {inner.name} in {state}:" if state else f"for {name} in {layers}:")
        self.step.lines += body
        for given_name in (name, inner.name):
            self.step.names.taken.discard(given_name)
        return Flowing(flow, behind=source.behind)

    def states(self, inner: Kept, made: list[str], loop: str, spot: Spot) -> str:
        """The states of the copies, in a list; the expression that `step` reads it by, "" for none."""
        if not inner.items:
            return ""
        key = self.key(spot.path)
        if not made:
            return self.kept.put(key, f"[{inner.text} {loop}]")
        name = self.start.names.new(f"{key}_states")
        self.start.write(f"{name} = []")
        self.start.write(f"{loop}:")
        self.start.lines += made
        self.start.lines.append(f"{INDENT * (self.start.depth + 1)}{name}.append({inner.text})")
        return self.kept.put(key, name)

    def unrolled(self, facts: NodeFacts, given: Given, spot: Spot) -> Flowing:
        """Copies that differ, one after the other."""
        for index in range(len(facts.copies)):
            place = 0 if facts.node.shared else index
            given = {**given, "in": (self.copy(facts, index, given, spot.copy(index, f"{spot.module}[{place}]")),)}
        return given["in"][0]

    def copy(self, facts: NodeFacts, index: int, given: Given, spot: Spot) -> Flowing:
        """One copy."""
        plain = NodeFacts(
            replace(facts.node, repeat=None, share=""), (facts.copies[index],), facts.given, facts.results
        )
        values: Flows = {}
        body = facts.copies[index]
        if isinstance(body, NetFacts):
            return self.net(
                body, {End("", port): found for port, found in given.items()}, replace(spot, attributes=True)
            )["out"]
        self.leaf(plain.node, body, given, values, spot)
        return values[End(plain.node.name, "out")][0]

    def alike(self, facts: NodeFacts, given: Given, path: str) -> bool:
        """Whether the copies can go in a loop: one code, one clock."""
        places = {flowing.behind for found in given.values() for flowing in found if flowing.moves}
        tied = any(name.startswith(f"{path}.") for name in self.classes.ties)
        same = len({self.classes.likeness(body) for body in facts.copies}) == 1 and given["in"][0].moves
        return same and len(facts.copies) > 1 and not tied and len(places) == 1 and not _delays(facts.copies[0])

    def scan(self, facts: NetFacts, group: Group, values: Flows, spot: Spot) -> None:
        """A cycle: position by position, what is delayed taken from the state."""
        members = frozenset(group.members)
        outside = [
            (wire, values[wire.source][0])
            for wire in facts.net.wires
            if wire.target.owner in members and wire.source.owner not in members and wire.source in values
        ]
        if not any(flowing.moves for _, flowing in outside):
            self.still_cycle(facts, group, values, spot)
            return
        behind = self.place([pair for pair in outside if not pair[0].initial])
        brought = {wire: self.bring(wire, each, behind, facts) for wire, each in outside if not wire.initial}
        clock, index = self.clock(behind), self.step.names.new("i")
        loop = Cycle(self, facts, group, brought, index)
        shown = [end for end in loop.ends() if self.read_outside(facts, end, members)]
        lists = {end: self.step.names.new(f"{_word(end)}s") for end in shown}
        for name in lists.values():
            self.step.write(f"{name} = []")
        self.step.write(f"for {index} in range({clock.length}):")
        self.step.depth += 1
        before, self.inside = self.inside, Clock(behind, "1", f"{clock.first} + {index}")
        local = loop.write(spot)
        for end, name in lists.items():
            self.step.write(f"{name}.append({local[end][0].text})")
        self.inside = before
        self.step.depth -= 1
        for end, name in lists.items():
            whole = self.step.names.new(_word(end))
            self.step.write(f"{whole} = torch.cat({name}, 1)")
            values[end] = (Flowing(whole, behind=behind),)

    def read_outside(self, facts: NetFacts, end: End, members: frozenset[str]) -> bool:
        """Whether something that is not on the cycle reads an end of it."""
        return any(wire.source == end and wire.target.owner not in members for wire in facts.net.wires)

    def still_cycle(self, facts: NetFacts, group: Group, values: Flows, spot: Spot) -> None:
        """A cycle that does not move with the target."""
        known = {end: tuple(flowing.text for flowing in found) for end, found in values.items()}
        self.once.scan(facts, group, known, spot)
        for end, texts in known.items():
            if end.owner in group.members:
                values[end] = tuple(Flowing(text, moves=False) for text in texts)

    def key(self, path: str) -> str:
        """The key of a state: the words of a path, below what holds it, that tell something."""
        words = path.removeprefix(self.kept.path).split(".")
        told = [word for word in words if not word.isdigit() and not word.startswith(("residual", "repeat"))]
        return "_".join(told or words)

    # What operations ask for

    def keep(self, text: str) -> str:
        """The expression in `step` of a tensor that `start` computed."""
        if text not in self.kept.tensors:
            self.kept.tensors[text] = self.kept.put(text if NAME.match(text) else "given", text)
        return self.kept.tensors[text]


@dataclass
class Cycle:
    """One pass of a loop over positions."""

    stream: Stream
    facts: NetFacts
    group: Group
    brought: dict[Wire, Flowing]
    index: str
    states: dict[tuple[End, int], str] = field(default_factory=dict)
    local: Flows = field(default_factory=dict)

    def ends(self) -> list[End]:
        """What the members give."""
        found = []
        for name in self.group.members:
            node = self.facts.nodes.get(name)
            ports = [port.name for port in node.node.outputs] if node else ["out"]
            found += [End(name, port) for port in ports]
        return found

    def write(self, spot: Spot) -> Flows:
        """The members in their order, then what the next position reads of this one."""
        for name in self.group.members:
            given = self.given(name)
            node = self.facts.nodes.get(name)
            if node is None:
                self.local[End(name, "out")] = given["in"]
                continue
            wish = self.stream.step.names.new(f"{name}_t")
            inside = spot.child(name, wish, read_outputs(self.facts, name, spot.outputs))
            self.stream.node(node, given, self.local, inside)
        for (end, steps), state in self.states.items():
            new = self.local[end][0].text
            later = new if steps == 1 else f"torch.cat(({state}[:, 1:], {new}), 1)"
            self.stream.step.write(f"{state} = {later}")
        return self.local

    def given(self, name: str) -> Given:
        """What a member is given at one position."""
        found: Given = {}
        for wire in self.facts.net.into(name):
            if wire.initial:
                continue
            flowing = self.brought.get(wire)
            if wire.source.owner in self.group.members:
                flowing = Flowing(self.past(wire)) if wire.delay else self.local[wire.source][0]
            elif flowing is not None and flowing.moves:
                flowing = replace(flowing, text=f"{flowing.text}[:, {self.index} : {self.index} + 1]")
            if flowing is not None:
                found[wire.target.port] = (*found.get(wire.target.port, ()), flowing)
        return found

    def past(self, wire: Wire) -> str:
        """What was there some positions ago."""
        key = (wire.source, wire.delay)
        if key not in self.states:
            before = self.stream.before(wire.source, wire.delay, self.facts)
            self.states[key] = self.stream.kept.put(_word(wire.source), before)
        return self.states[key] if wire.delay == 1 else f"{self.states[key]}[:, :1]"


def _arriving(facts: NetFacts, name: str, values: Flows) -> Iterator[tuple[Wire, Flowing]]:
    for wire in facts.net.into(name):
        if not wire.initial:
            for flowing in values.get(wire.source, ()):
                yield wire, flowing


def _texts(given: Given) -> Texts:
    return {port: tuple(flowing.text for flowing in found) for port, found in given.items()}


def _word(end: End) -> str:
    return end.owner if end.port == "out" else f"{end.owner}_{end.port.replace('.', '_')}"


def _forbids(transfer: Transfer, place: int | None) -> str:
    """What an operation does with time that no step can do."""
    if transfer.kind == "everything":
        return "reads all of it"
    if transfer.causal and place == 0:
        return "stands on an axis that has something in front of it"
    return "looks ahead" if transfer.ahead > 0 and transfer.rate == 1 else "changes the positions"


def _delays(body: BodyFacts) -> bool:
    if isinstance(body, LeafFacts):
        return False
    return any(wire.delay for wire in body.net.wires) or any(
        _delays(copy) for node in body.nodes.values() for copy in node.copies[:1]
    )
