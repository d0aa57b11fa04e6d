"""The statements of a forward: each node in order, chains without needless names, repeats as loops, cycles as scans."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from archgraph.emit.code import ClassCode, Spot, Writer, needed_members
from archgraph.emit.layout import assignment
from archgraph.emit.scan import Scan
from archgraph.emit.scope import INDENT, WIDTH, Ahead, Demand, MaskPlace, Scope
from archgraph.emit.site import Place
from archgraph.graph.module import End, Wire
from archgraph.graph.program import BodyFacts, Group, LeafFacts, NetFacts, NodeFacts, Value
from archgraph.graph.types import TensorType

NAME = re.compile(r"[A-Za-z_]\w*\Z")
Inputs = dict[str, tuple[str, ...]]
Locals = dict[End, tuple[str, ...]]


@dataclass
class Statements:
    """Writes statements into a scope. `owner` is the class that they stand in."""

    classes: Writer
    scope: Scope
    owner: str

    def net(self, facts: NetFacts, values: Locals, spot: Spot) -> dict[str, str]:
        """The nodes of a body in order; what its output ports are called afterwards."""
        residual, group_style = facts.net.style == "residual", facts.net.style == "nodes"
        inner = self.scope.branch() if residual else spot.flow
        kept = self._keep_input(values, spot.flow) if residual else frozenset[str]()
        needed = needed_members(facts, spot.outputs)
        for group in facts.order:
            if group_style and needed.isdisjoint(group.members):
                continue
            if group.scan:
                self.scan(facts, group, values, spot)
                continue
            name = group.members[0]
            wish = spot.flow if name == facts.order[-1].members[-1] else inner
            if group_style:
                wish = self.scope.names.new(name if spot.module == "self" else f"h_{name}")
            inside = spot.inside(facts, name, wish)
            self.node(facts.nodes[name], self.given(facts, name, values), values, inside)
        if residual:
            self.scope.join(inner)
            self.scope.branches |= kept
        return self._results(facts, values, spot.outputs)

    def _keep_input(self, values: Locals, flow: str) -> frozenset[str]:
        """What goes into a residual is used twice: it needs a name, and is no branch to be used up till the end."""
        source = values.get(End("", "in"), ("",))[0]
        if source and not NAME.match(source):
            self.write(flow, source)
            source, values[End("", "in")] = flow, (flow,)
        kept = frozenset({source}) & self.scope.branches
        self.scope.branches -= kept
        return kept

    def _results(self, facts: NetFacts, values: Locals, wanted: tuple[str, ...]) -> dict[str, str]:
        found = {}
        for wire in facts.net.into(""):
            if wire.target.port in wanted and wire.source in values:
                found[wire.target.port] = self.bring(wire, values[wire.source][0], facts, values)
        return found

    def given(self, facts: NetFacts, name: str, values: Locals) -> Inputs:
        """The expressions at every input port of a node, in the order of the file."""
        found: Inputs = {}
        for wire in facts.net.into(name):
            brought = tuple(self.bring(wire, value, facts, values) for value in values.get(wire.source, ()))
            found[wire.target.port] = found.get(wire.target.port, ()) + brought
        return {port: brought for port, brought in found.items() if brought}

    def bring(self, wire: Wire, value: str, facts: NetFacts, values: Locals) -> str:
        """What a wire makes of a value: delayed, detached."""
        if wire.delay:
            value = self.delay(wire, value, facts, values)
        return f"{value}.detach()" if wire.stop else value

    def delay(self, wire: Wire, value: str, facts: NetFacts, values: Locals) -> str:
        """A whole sequence delayed: filled with what stood before the first step."""
        first = next((w for w in facts.net.into(wire.source.owner) if w.initial), None)
        known = facts.values[f"{wire.source.owner}.{wire.source.port}"].type
        axis = delay_axis(wire, known)
        if first is not None:
            more = "" if wire.delay == 1 else f", steps={wire.delay}"
            more += f", axis={axis + 1}" if axis else ""
            before = f"{values[first.source][0]}{'.detach()' * first.stop}"
            return f"{self.scope.function('padding.delay_from')}({value}, {before}{more})"
        start = facts.values[f"{wire.source.owner}.{wire.source.port}"].start
        value_ = f", value={start}" if start else ""
        # F.pad counts axes from the last; the slice keeps the length
        after, before = "0, 0, " * (len(known.axes) - 1 - axis), ":, " * (axis + 1)
        return f"F.pad({value}, ({after}{wire.delay}, 0){value_})[{before}:-{wire.delay}]"

    def node(self, facts: NodeFacts, given: Inputs, values: Locals, spot: Spot) -> None:
        """One node: its results are known under `values` afterwards."""
        name, body = facts.node.name, facts.copies[0] if facts.copies else None
        if facts.node.share:
            spot = spot.sibling(facts.node.share)
        if facts.node.repeat is not None:
            self.repeat(facts, given, values, spot)
        elif isinstance(body, LeafFacts):
            self.leaf(facts, body, given, values, spot)
        else:
            assert isinstance(body, NetFacts)
            held = self.classes.needs_class(facts) or not (self.owner or "." in spot.path)
            code = self._code(facts, body, spot) if held else None
            if code is not None:
                self.assign(name, code.outputs, self.call(code, spot, given, facts), values, spot)
                return
            inside = {End("", port): found for port, found in given.items()}
            results = self.net(body, inside, spot._replace(attributes=spot.attributes or held))
            values.update({End(name, port): (value,) for port, value in results.items()})

    def _code(self, facts: NodeFacts, body: BodyFacts, spot: Spot) -> ClassCode | None:
        """The class to call; None where that of a shared module does not fit, whose parts are then written out."""
        if spot.lent:
            return self.classes.fitting(body, spot)
        return self.classes.named(body, self.owner, facts, spot)

    def leaf(self, facts: NodeFacts, body: LeafFacts, given: Inputs, values: Locals, spot: Spot) -> None:
        """One operation; outputs that nothing reads are not named."""
        expression = body.leaf.op.emit(
            Place(body, self.scope, spot.path, spot.module, given, self.classes.ties, unmoved=spot.unmoved)
        )
        ports = tuple(port.name for port in body.leaf.outputs if port.name in body.results)
        outputs = ports if len(ports) == 1 else tuple(port if port in spot.outputs else "" for port in ports)
        self.assign(facts.node.name, outputs, expression, values, spot)

    def assign(self, name: str, outputs: tuple[str, ...], expression: str, values: Locals, spot: Spot) -> None:
        """Give the results of a node names; an output called "" gets none."""
        if len(outputs) == 1:
            self.write(spot.flow, expression)
            values[End(name, outputs[0])] = (spot.flow,)
            return
        known, found = {"out": spot.flow, **dict(spot.named)}, []
        for port in outputs:
            local = (known.get(port) or self.scope.names.new(f"{name}_{port}")) if port else "_"
            found.append(local)
            if port:
                values[End(name, port)] = (local,)
        self.write(", ".join(found), expression)

    def write(self, name: str, expression: str) -> None:
        """An assignment; `x = f(g(x))` in one line where the line before made what this one uses up."""
        merged = self._merged(name, expression)
        if merged:
            self.scope.lines.pop()
            expression = merged
        if name != expression:
            self.scope.lines += assignment(name, expression, self.scope.depth)

    def _merged(self, name: str, expression: str) -> str:
        """The expression with the value of the line before written into it, if that reads well."""
        last = self.scope.lines[-1] if self.scope.lines else ""
        found = re.fullmatch(rf" {{{4 * self.scope.depth}}}(\w+) = (.*)", last)
        if not found or not NAME.match(name) or (found[1] != name and found[1] not in self.scope.branches):
            return ""
        uses = len(re.findall(rf"\b{re.escape(found[1])}\b", expression))
        inner = found[2]
        whole = re.sub(rf"\b{re.escape(found[1])}\b", lambda _: inner, expression)
        # A sum may stand where it is a whole argument, as in `norm(x + f(x))`, and nowhere that binds closer.
        argument = re.search(rf"[(,] ?{re.escape(found[1])}[,)]", expression)
        kinds = (ast.Call, ast.Name, ast.Attribute, ast.Subscript, *([ast.BinOp] if argument else []))
        plain = isinstance(ast.parse(inner, mode="eval").body, kinds)
        fits = len(whole) + len(name) + 3 + 4 * self.scope.depth <= WIDTH - 8 and whole.count("(") <= 3
        return whole if uses == 1 and plain and fits else ""

    def repeat(self, facts: NodeFacts, given: Inputs, values: Locals, spot: Spot) -> None:
        """The copies of a node one after the other, what they give together collected on the way."""
        name, flow = facts.node.name, spot.flow
        if not facts.copies:
            values[End(name, "out")] = given["in"][:1]
            return
        self.write(flow, given["in"][0])
        ports = [port for port in facts.node.outputs if port.name in spot.outputs and port.copies]
        items = {port.name: self.scope.names.new(port.name.rpartition(".")[2]) for port in ports}
        lists = {port.name: self.scope.names.new(f"{items[port.name]}s") for port in ports}
        for found in lists.values():
            self.scope.write(f"{found}: list[Tensor] = []")
        self._copies(facts, {**given, "in": (flow,)}, _Taken(flow, items, lists), spot)
        values[End(name, "out")] = (flow,)
        for port in ports:
            whole = dict(spot.named).get(port.name) or items[port.name]
            joined = f"torch.stack({lists[port.name]}" + (").sum(0)" if port.copies == "sum" else ", 1)")
            self.scope.write(f"{whole} = {joined}")
            values[End(name, port.name)] = (whole,)

    def _copies(self, facts: NodeFacts, inputs: Inputs, taken: _Taken, spot: Spot) -> None:
        """A loop where all calls are alike, else a call for each copy."""
        if facts.node.rounds:
            self._rounds(facts, inputs, taken, spot)
            return
        if spot.lent and not all(
            isinstance(body, LeafFacts) or self.classes.fitting(body, self._place(facts, index, spot))
            for index, body in enumerate(facts.copies)
        ):
            self._written_out(facts, inputs, taken, spot)
            return
        numbers = range(len(facts.copies))
        places = [self._place(facts, index, spot) for index in numbers]
        calls = [self.copy(facts, index, places[index]._replace(module="layer"), inputs) for index in numbers]
        left = taken.left(facts.copies[0], spot.outputs)
        if len(set(calls)) > 1:
            for index in numbers:
                call = self.copy(facts, index, places[index], inputs)
                self.scope.lines += [*assignment(left, call, self.scope.depth), *taken.kept(self.scope.depth)]
            return
        each, shared = re.search(r"\blayer\b", calls[0]), facts.node.shared
        counted = f"for _ in range({len(calls)}):"
        self.scope.write(counted if shared or not each else f"for layer in {spot.module}:")
        call = re.sub(r"\blayer\b", f"{spot.module}[0]", calls[0], count=1) if shared else calls[0]
        self.scope.lines += [*assignment(left, call, self.scope.depth + 1), *taken.kept(self.scope.depth + 1)]

    def _place(self, facts: NodeFacts, index: int, spot: Spot) -> Spot:
        """Where a copy stands: all at the first where they share their weights."""
        place = 0 if facts.node.shared else index
        return spot.copy(place, f"{spot.module}[{place}]")

    def _written_out(self, facts: NodeFacts, inputs: Inputs, taken: _Taken, spot: Spot) -> None:
        """The copies of a shared node one after the other, past classes that do not fit them."""
        for index, body in enumerate(facts.copies):
            values: Locals = {}
            place = self._place(facts, index, spot)
            layer = self.scope.names.new("layer")
            self.scope.write(f"{layer}: Any = {place.module}")
            one = NodeFacts(facts.node._replace(repeat=None, share=""), (body,), body.given, body.results)
            inside = place._replace(module=layer, attributes=True, named=tuple(taken.items.items()))
            self.node(one, inputs, values, inside)
            self.write(taken.flow, values[End(facts.node.name, "out")][0])
            self.scope.lines += taken.kept(self.scope.depth)

    def _rounds(self, facts: NodeFacts, inputs: Inputs, taken: _Taken, spot: Spot) -> None:
        """A shared node over and over: a loop where all rounds are alike, else one after the other."""
        alike = all(_static(body) == _static(facts.copies[0]) for body in facts.copies)
        if alike:
            self.scope.write(f"for _ in range({len(facts.copies)}):")
        self.scope.depth += alike
        for body in facts.copies[:1] if alike else facts.copies:
            assert isinstance(body, NetFacts)
            values: Locals = {}
            inner = body.nodes[facts.node.share]
            self.node(inner, inputs, values, spot._replace(named=tuple(taken.items.items()), unmoved=frozenset()))
            self.write(taken.flow, values[End(inner.node.name, "out")][0])
            self.scope.lines += taken.kept(self.scope.depth)
        self.scope.depth -= alike

    def copy(self, facts: NodeFacts, index: int, spot: Spot, given: Inputs) -> str:
        """The call of one copy."""
        body = facts.copies[index]
        if isinstance(body, LeafFacts):
            return body.leaf.op.emit(Place(body, self.scope, spot.path, spot.module, given, self.classes.ties))
        code = self._code(facts, body, spot)
        assert code is not None, "copies whose class does not fit are written out"
        call = self.call(code, spot, given, facts, index)
        if not self.classes.recompute:
            return call
        arguments = call.removeprefix(f"{spot.module}(").removesuffix(")")
        return f"torch.utils.checkpoint.checkpoint({spot.module}, {arguments}, use_reentrant=False)"

    def call(self, code: ClassCode, spot: Spot, given: Inputs, facts: NodeFacts, index: int = 0) -> str:
        """The call of a class: its tensors, then what it needs besides."""
        words = {argument.name: given[argument.port][argument.index] for argument in code.arguments}
        same = {argument.name for argument in code.arguments if argument.port in spot.unmoved}
        more = []
        for demand in code.demands:
            key = demand.key
            if not isinstance(key, Ahead):
                more.append(self.supply(demand, facts.copies[index].given))
            elif key.argument in same:
                made = Ahead(f"{spot.module}{key.call}", words[key.argument], key.kind)
                more.append(self.scope.ahead(made, demand.name))
            else:
                more.append(f"{spot.module}{key.call}({words[key.argument]})")
        return f"{spot.module}({', '.join([*words.values(), *more])})"

    def supply(self, demand: Demand, given: Mapping[str, tuple[Value, ...]]) -> str:
        """What a class needs besides tensors, by its name here."""
        if demand.kind == "mask":
            place = demand.key
            assert isinstance(place, MaskPlace)
            mask = given[place.port][place.index].masks[place.axis]
            return self.scope.mask(mask) if mask is not None else "None"
        return self.scope.demand(demand.kind, demand.key, demand.name)

    def scan(self, facts: NetFacts, group: Group, values: Locals, spot: Spot) -> None:
        """A cycle, step by step."""
        Scan(self, facts, group, values, spot).write()


class _Taken(NamedTuple):
    """What is taken of each copy: its result goes on under `flow`, `items` into `lists`, by port."""

    flow: str
    items: Mapping[str, str]
    lists: Mapping[str, str]

    def left(self, body: BodyFacts, outputs: tuple[str, ...]) -> str:
        """The left side of the assignment of a copy's call."""
        if isinstance(body, LeafFacts):
            outputs = tuple(port.name for port in body.leaf.outputs if port.name in body.results)
        return ", ".join(self.flow if port == "out" else self.items.get(port, "_") for port in outputs)

    def kept(self, depth: int) -> list[str]:
        """The lines that keep what a copy gave."""
        return [f"{INDENT * depth}{self.lists[port]}.append({item})" for port, item in self.items.items()]


def _static(body: BodyFacts) -> object:
    """What the code of a body depends on besides the body: the types and masks that come in."""
    return [(port, [value.static for value in values]) for port, values in body.given.items()]


def delay_axis(wire: Wire, known: TensorType) -> int:
    """The place of the axis that a delay acts on: the one it names, or the only free one."""
    return next(
        index for index, axis in enumerate(known.axes) if str(axis) == wire.axis or (not wire.axis and axis.names)
    )
