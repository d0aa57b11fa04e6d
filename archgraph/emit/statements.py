"""The statements of a forward: each node in order, chains without needless names, repeats as loops, cycles as scans."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archgraph.emit.layout import assignment
from archgraph.emit.scope import WIDTH, Demand, Scope
from archgraph.emit.site import Place
from archgraph.graph.module import End, Wire
from archgraph.graph.program import Group, LeafFacts, NetFacts, NodeFacts, Value

if TYPE_CHECKING:
    from archgraph.emit.classes import Classes, ClassCode

NAME = re.compile(r"[A-Za-z_]\w*\Z")
Inputs = dict[str, tuple[str, ...]]


@dataclass
class Statements:
    """Writes statements into a scope. `owner` is the class that they stand in."""

    classes: Classes
    scope: Scope
    path: str
    owner: str

    def net(
        self, facts: NetFacts, values: dict[End, tuple[str, ...]], module: str, path: str, *, flow: str, wanted: tuple[str, ...]
    ) -> dict[str, str]:
        """The nodes of a body in order; what its output ports are called afterwards."""
        inner = self.scope.branch() if facts.net.style == "residual" else flow
        for group in facts.order:
            if group.scan:
                self.scan(facts, group, values, module, path)
                continue
            name = group.members[0]
            node = facts.nodes[name]
            last = name == facts.order[-1].members[-1]
            wish = flow if last and facts.net.style != "nodes" else inner
            if facts.net.style == "nodes":
                wish = self.scope.names.new(name if module == "self" else f"h_{name}")
            self.node(node, self.given(facts, name, values), values, module=child(module, name), path=f"{path}.{name}".lstrip("."), flow=wish)
        return self._results(facts, values, flow, wanted)

    def _results(
        self, facts: NetFacts, values: dict[End, tuple[str, ...]], flow: str, wanted: tuple[str, ...]
    ) -> dict[str, str]:
        found = {}
        for wire in facts.net.wires:
            if not wire.target.owner and wire.target.port in wanted and wire.source in values:
                found[wire.target.port] = self.bring(wire, values[wire.source][0], facts, values)
        return found

    def given(self, facts: NetFacts, name: str, values: Mapping[End, tuple[str, ...]]) -> Inputs:
        """The expressions at every input port of a node, in the order of the file."""
        found: Inputs = {}
        for wire in facts.net.wires:
            if wire.target.owner == name and not wire.initial:
                brought = tuple(self.bring(wire, value, facts, values) for value in values.get(wire.source, ()))
                if brought:
                    found[wire.target.port] = found.get(wire.target.port, ()) + brought
        return found

    def bring(self, wire: Wire, value: str, facts: NetFacts, values: Mapping[End, tuple[str, ...]]) -> str:
        """What a wire makes of a value: delayed, detached."""
        if wire.delay:
            value = self.delay(wire, value, facts, values)
        return f"{value}.detach()" if wire.stop else value

    def delay(self, wire: Wire, value: str, facts: NetFacts, values: Mapping[End, tuple[str, ...]]) -> str:
        """A whole sequence delayed: filled with what stood before the first step."""
        first = next((w for w in facts.net.wires if w.initial and w.target.owner == wire.source.owner), None)
        if first is not None:
            more = "" if wire.delay == 1 else f", steps={wire.delay}"
            return f"{self.scope.function('padding.delay_from')}({value}, {values[first.source][0]}{more})"
        fill = self.start_symbol(wire)
        value_ = f", value={fill}" if fill else ""
        return f"F.pad({value}, ({self.padding(wire, facts)}{wire.delay}, 0){value_})[:, :-{wire.delay}]"

    def padding(self, wire: Wire, facts: NetFacts) -> str:
        """Zeros of `F.pad` for the axes after the one that is delayed, which it counts from the last."""
        known = facts.values[f"{wire.source.owner}.{wire.source.port}"].type
        return "0, 0, " * (len(known.axes) - 1)

    def start_symbol(self, wire: Wire) -> int:
        """The symbol that stands before the first one of delayed tokens; 0 for real tensors."""
        variable = self.classes.program.graph.variables.get(wire.source.owner)
        return variable.start or 0 if variable else 0

    def node(
        self, facts: NodeFacts, given: Inputs, values: dict[End, tuple[str, ...]], *, module: str, path: str, flow: str
    ) -> None:
        """One node: its results are known under `values` afterwards."""
        name = facts.node.name
        if facts.node.share:
            module = sibling(module, facts.node.share)
            path = f"{path.rpartition('.')[0]}.{facts.node.share}".lstrip(".")
        if facts.node.repeat is not None:
            values[End(name, "out")] = (self.repeat(facts, given, module, path, flow),)
            return
        body = facts.copies[0]
        if isinstance(body, LeafFacts):
            self.leaf(facts, body, given, values, module=module, path=path, flow=flow)
        elif self.classes.needs_class(facts) or not self.owner:
            code = self.classes.named(body, path, self.owner, facts)
            self.assign(name, code.outputs, self.call(code, module, given, facts), values, flow)
        else:
            inside = {End("", port): found for port, found in given.items()}
            wanted = self.classes.wanted(facts)
            results = self.net(body, inside, module, path, flow=flow, wanted=wanted)
            values.update({End(name, port): (value,) for port, value in results.items()})

    def leaf(
        self,
        facts: NodeFacts,
        body: LeafFacts,
        given: Inputs,
        values: dict[End, tuple[str, ...]],
        *,
        module: str,
        path: str,
        flow: str,
    ) -> None:
        """One operation: nested into the next where that stays readable."""
        place = Place(body, self.scope, path, module, given, self.classes.ties)
        expression = body.leaf.op.emit(place)
        outputs = tuple(port.name for port in body.leaf.outputs)
        if len(outputs) == 1:
            self.assign(facts.node.name, outputs, expression, values, flow)
            return
        wanted = self.classes.wanted(facts)
        self.assign(facts.node.name, outputs, expression, values, flow, wanted=wanted)

    def assign(
        self,
        name: str,
        outputs: tuple[str, ...],
        expression: str,
        values: dict[End, tuple[str, ...]],
        flow: str,
        *,
        wanted: tuple[str, ...] = (),
    ) -> None:
        """Give the result a name."""
        if len(outputs) == 1:
            self.write(flow, expression)
            values[End(name, outputs[0])] = (flow,)
            return
        found = []
        for port in outputs:
            if wanted and port not in wanted:
                found.append("_")
                continue
            local = flow if port == "out" else self.scope.names.new(f"{name}_{port}")
            found.append(local)
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
        found = re.fullmatch(r" {%d}(\w+) = (.*)" % (4 * self.scope.depth), last)
        if not found or not NAME.match(name) or found[1] != name and found[1] not in self.scope.branches:
            return ""
        uses = len(re.findall(rf"\b{re.escape(found[1])}\b", expression))
        inner = found[2]
        whole = re.sub(rf"\b{re.escape(found[1])}\b", lambda _: inner, expression)
        plain = " + " not in inner and not inner.startswith("(") and "for " not in inner
        fits = len(whole) + len(name) + 3 + 4 * self.scope.depth <= WIDTH - 8 and whole.count("(") <= 3
        return whole if uses == 1 and plain and fits else ""

    def repeat(self, facts: NodeFacts, given: Inputs, module: str, path: str, flow: str) -> str:
        """The copies of a node one after the other; the name of what comes out."""
        source = given["in"][0]
        if not facts.copies:
            return source
        self.write(flow, source)
        inputs = {**given, "in": (flow,)}
        calls = [self.copy(facts, index, "layer", inputs, path) for index in range(len(facts.copies))]
        made = self.classes.make(facts, path, self.owner)
        if len(set(calls)) == 1:
            loop = "for _ in range({0})" if not made or facts.node.shared else "for layer in {1}"
            call = calls[0].replace("layer(", f"{module}[0](", 1) if facts.node.shared else calls[0]
            self.scope.write(loop.format(len(calls), module) + ":")
            self.scope.lines += assignment(flow, call, self.scope.depth + 1)
            return flow
        for index in range(len(calls)):
            self.scope.lines += assignment(flow, self.copy(facts, index, f"{module}[{index}]", inputs, path), self.scope.depth)
        return flow

    def copy(self, facts: NodeFacts, index: int, module: str, given: Inputs, path: str) -> str:
        """The call of one copy."""
        body = facts.copies[index]
        if isinstance(body, LeafFacts):
            return body.leaf.op.emit(Place(body, self.scope, f"{path}.{index}", module, given, self.classes.ties))
        code = self.classes.named(body, f"{path}.{index}", self.owner, facts)
        return self.call(code, module, given, facts, index)

    def call(self, code: ClassCode, module: str, given: Inputs, facts: NodeFacts, index: int = 0) -> str:
        """The call of a class: its tensors, then what it needs besides."""
        words = [given[argument.port][argument.index] for argument in code.arguments]
        words += [self.supply(demand, facts.copies[index].given) for demand in code.demands]
        return f"{module}({', '.join(words)})"

    def supply(self, demand: Demand, given: Mapping[str, tuple[Value, ...]]) -> str:
        """What a class needs besides tensors, by its name here."""
        if demand.kind == "mask":
            port, index, axis = demand.key  # type: ignore[misc]
            mask = given[port][index].masks[axis]
            return self.scope.mask(mask) if mask is not None else "None"
        return self.scope.demand(demand.kind, demand.key, demand.name)

    def scan(self, facts: NetFacts, group: Group, values: dict[End, tuple[str, ...]], module: str, path: str) -> None:
        """A cycle, step by step."""
        from archgraph.emit.scan import Scan

        Scan(self, facts, group, values, module, path).write()


def child(module: str, name: str) -> str:
    """The expression of a submodule: an attribute of self, an item of what holds layers."""
    return f"self.{name}" if module == "self" else f'{module}["{name}"]'


def sibling(module: str, name: str) -> str:
    """The expression of a submodule beside `module`."""
    if module.endswith('"]'):
        return f'{module[: module.rindex("[")]}["{name}"]'
    return f"{module.rpartition('.')[0]}.{name}"

