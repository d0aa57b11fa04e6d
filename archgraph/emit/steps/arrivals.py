"""What arrives at the nodes of the streaming form: brought to the positions of the reader, delayed, held back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from archgraph.core.dims import Dim
from archgraph.emit.code import NotCausal, Writer
from archgraph.emit.scope import Scope
from archgraph.emit.statements import NAME, Statements, delay_axis
from archgraph.emit.steps.clocks import Clocks
from archgraph.emit.steps.flows import NONE, Clock, Flowing, Flows, Given, Kept, arriving, word
from archgraph.emit.steps.fronts import Front
from archgraph.graph.advance import Advance
from archgraph.graph.fronts import Fronts
from archgraph.graph.masks import Mask, without
from archgraph.graph.module import End, Variable, Wire
from archgraph.graph.program import NetFacts, Program


@dataclass
class Arrivals:
    """Both methods while they are written. `axis` is that of the target's positions."""

    classes: Writer
    start: Scope
    step: Scope
    target: Variable
    advance: Advance
    kept: Kept = field(default_factory=lambda: Kept("state"))
    narrowed: bool = False  # whether the last place alone is predicted
    ends: str = ""  # the name in `start` of the mask of all positions, where their number is known there
    weighed: bool = False  # whether `start` needs a parameter, for its device and dtype
    inside: Clock | None = None  # in a loop over positions: the one position
    stepped: set[str] = field(default_factory=set)  # runtime classes that go by steps

    def __post_init__(self) -> None:
        assert self.target.type is not None
        self.axis: Dim = self.target.type.axes[0]
        self.clocks = Clocks(self.step, self.target.name)
        self.known: Flows = {}
        self.needed: frozenset[str] = frozenset()  # what the prediction is computed from
        self.once = Statements(self.classes, self.start, "")
        self.moving = Statements(self.classes, self.step, "")
        paths = Fronts(self.program).solve()
        self.fronts = Front(self.start, self.once, self.classes.ties, self.axis, paths)

    @property
    def program(self) -> Program:
        """The program that is written."""
        return self.classes.program

    def clock(self, behind: int, front: Dim = NONE) -> Clock:
        """The positions that stand so far behind; statements about them are written next."""
        return self.inside if self.inside is not None else self.clocks.at(behind, front)

    def given(self, facts: NetFacts, name: str, values: Flows, path: str = "") -> Given:
        """What arrives at the ports of a node; at an operation all of it that moves at the same positions."""
        wires, path = list(arriving(facts, name, values)), f"{path}.{name}".lstrip(".")
        apart = name in facts.nodes and any(isinstance(body, NetFacts) for body in facts.nodes[name].copies)
        found: Given = {}
        for wire, flowing in wires:
            port = wire.target.port if apart else ""
            behind = self.place([pair for pair in wires if port in ("", pair[0].target.port)], self.floor(path, port))
            brought = self.bring(wire, flowing, behind, facts)
            found[wire.target.port] = (*found.get(wire.target.port, ()), brought)
        return found

    def floor(self, path: str, port: str = "") -> int:
        """Where a port of a node, or the first of all, must stand at the latest."""
        return self.advance.floor(path, port)

    def place(self, wires: list[tuple[Wire, Flowing]], floor: int = 0) -> int:
        """How far behind what these wires meet in must stand."""
        if self.inside is not None:
            return self.inside.behind
        return max([floor, *(flowing.behind - wire.delay for wire, flowing in wires if flowing.moves)])

    def bring(self, wire: Wire, flowing: Flowing, behind: int, facts: NetFacts) -> Flowing:
        """What a wire makes of a tensor: delayed, and held back until the positions are those of the reader."""
        if not flowing.moves:
            plain = Wire(wire.source, wire.target, wire.span, wire.delay, wire.axis)
            values: dict[End, tuple[str, ...]] = {end: (text,) for end, text in self.initial(wire, facts)}
            return Flowing(self.once.bring(plain, flowing.text, facts, values), moves=False)
        steps = wire.delay
        self.along(wire, facts)
        if flowing.text == "read" and steps and behind <= 0:
            # the first symbol to be read is what stands before the sequence, which makes one step of the delay
            flowing, steps = Flowing(self.target.name), steps - 1
        if not steps and flowing.behind == behind:
            return flowing
        state = self.kept.put(f"{word(wire.source)}_past", self.before(wire.source, steps, facts))
        later = flowing._replace(behind=behind)
        return later._replace(text=self.queue(state, flowing, later, held=steps + behind - flowing.behind))

    def along(self, wire: Wire, facts: NetFacts) -> None:
        """Refuse a delay of what moves along another axis than that of the steps."""
        known = facts.values[f"{wire.source.owner}.{wire.source.port}"].type
        if wire.delay and delay_axis(wire, known):
            where = f"the delay of '{wire.source}' along '{wire.axis}' (line {wire.span.line})"
            raise NotCausal(f"{where} is not along '{self.axis}', as the steps are")

    def queue(self, state: str, flowing: Flowing, later: Flowing, *, held: int) -> str:
        """What is read of a queue of positions: those of the reader, `held` of them being left in it."""
        text = flowing.text if NAME.match(flowing.text) else "past"
        name = self.step.names.new(f"{text}_past")
        late = any(size is not None and size < 0 for size in (flowing.ahead.constant, later.ahead.constant))
        self.clock(flowing.behind, flowing.front)
        if not late or flowing.ahead == later.ahead:
            self.step.write(f"{name} = torch.cat(({state}, {flowing.text}), 1)")
            self.step.write(f"{state} = {name}[:, {f'-{held}:' if held else ':0'}]")
            return f"{name}[:, :-{held}]" if held else name
        self.step.write(f"{state} = torch.cat(({state}, {flowing.text}), 1)")
        length = self.clock(later.behind, later.front).length
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
            symbol = facts.values[f"{end.owner}.{end.port}"].start or 0
            return f"torch.full((batch, {steps}), {symbol}, device={weight}.device)"
        fixed = self.program.graph.sizes
        sizes = ", ".join(str(fixed.get(str(axis), axis)) for axis in known.axes[1:])
        return f"{weight}.new_zeros({', '.join(part for part in ('batch', str(steps), sizes) if part)})"

    def end(self, mask: Mask | None) -> str:
        """Which positions are real, as far as that is known in `start`: by inputs, not by what is still to come."""
        known = without(mask, self.target.name)
        if known is not None:
            return self.start.mask(known)
        if not self.bound:
            return ""
        if not self.ends:
            self.ends = self.start.names.new("within")
            shape = f"batch, {self.start.demand('size', f'{self.axis}', f'size_{self.axis}'.lower())}"
            self.start.write(f"{self.ends} = torch.ones({shape}, dtype=torch.bool, device={self.weight()}.device)")
        return self.ends

    @property
    def bound(self) -> bool:
        """Whether an input that is given binds the target's positions, so that their number is known."""
        known = [v for name, v in self.program.graph.variables.items() if v.kind == "input" and name in self.needed]
        return any(v.type is not None and self.axis in v.type.axes for v in known)

    def weight(self) -> str:
        """The name of a parameter, for the device and dtype of what starts from nothing."""
        self.weighed = True
        return "weight"

    def key(self, path: str) -> str:
        """The key of a state: the words of a path, below what holds it, that tell something."""
        words = path.removeprefix(self.kept.path).split(".")
        told = [word for word in words if not word.isdigit() and not word.startswith(("residual", "repeat"))]
        return "_".join(told or words)

    def keep(self, text: str) -> str:
        """The expression in `step` of a tensor that `start` computed."""
        if text not in self.kept.tensors:
            self.kept.tensors[text] = self.kept.put(text if NAME.match(text) else "given", text)
        return self.kept.tensors[text]
