"""The streaming form: what depends on no target is computed once, what moves with it goes some steps at a time.

Two methods are written beside `forward`: `start`, which computes the first part and makes the state, and `step`, which
takes the symbols before the next n positions and predicts the symbols there. The nodes are written straight into
them, past the classes that hold them: a step is short, and calls would cost more than it does.

Nearly everything stands at the position that is predicted, and sees the symbols before it. What reads the target
without a delay stands one behind, at the symbol just read; a delay later brings it forward.
"""

from __future__ import annotations

import re

from archgraph.core.dims import Dim
from archgraph.core.lags import Transfer
from archgraph.emit.code import NotCausal, Spot, needed_members, read_outputs
from archgraph.emit.scope import Scope
from archgraph.emit.site import Place, StepPlace
from archgraph.emit.statements import NAME
from archgraph.emit.steps.arrivals import Arrivals
from archgraph.emit.steps.clocks import written
from archgraph.emit.steps.copies import Copies
from archgraph.emit.steps.cycle import Cycle
from archgraph.emit.steps.flows import NONE, Clock, Flowing, Flows, Given, remembers, texts
from archgraph.graph.advance import OUT, looks_ahead, segmented
from archgraph.graph.fronts import takes
from archgraph.graph.module import End, Node, Variable
from archgraph.graph.program import BodyFacts, Group, LeafFacts, NetFacts, NodeFacts


class Stream(Arrivals):
    """Writes the two methods."""

    def top(self, needed: frozenset[str]) -> Flows:
        """All that the prediction needs; what each variable and node gives."""
        values: Flows = {}
        self.known, self.needed = values, needed
        spot, net = Spot("model", "", "", attributes=True), self.program.net
        groups = [group for group in net.order if not needed.isdisjoint(group.members)]
        tail = self.tail(groups)
        for place, group in enumerate(groups):
            if place == tail:
                self.narrow({member for later in groups[tail:] for member in later.members}, values)
            self.group(net, group, values, spot)
        self.inside = None
        self.clock(0)
        return values

    def tail(self, groups: list[Group]) -> int:
        """Where those begin of which the last place alone is needed: nothing from there on looks back."""
        for place in range(len(groups), 0, -1):
            if not self.forgets(groups[place - 1]):
                return place
        return 0

    def forgets(self, group: Group) -> bool:
        """Whether a member's result at a place needs nothing of other places that move with it."""
        name = group.members[0]
        facts, arriving = self.program.net.nodes.get(name), self.program.graph.into(name)
        if group.scan or name == self.target.name or any(wire.delay for wire in arriving):
            return False
        return facts is None or not any(remembers(body) for body in facts.copies)

    def narrow(self, members: set[str], values: Flows) -> None:
        """From here on the last place alone: whoever reads a prompt in one pass asks for no other prediction."""
        wires = [wire for name in sorted(members) for wire in self.program.graph.into(name)]
        ends = dict.fromkeys(wire.source for wire in wires if wire.source in values)
        moving = [end for end in ends if values[end][0].moves]
        if not moving or any(values[end][0].behind or values[end][0].front != NONE for end in moving):
            return
        clock = self.clock(0)
        for text in dict.fromkeys(values[end][0].text for end in moving):
            name = text if NAME.match(text) else self.step.names.new("last")
            self.step.write(f"{name} = {text}[:, -1:]  # no other place is asked for")
            values.update({end: (values[end][0]._replace(text=name),) for end in moving if values[end][0].text == text})
        self.inside = Clock(0, "1", f"{clock.first} + {clock.length} - 1")
        self.narrowed = True

    def group(self, facts: NetFacts, group: Group, values: Flows, spot: Spot) -> None:
        """One member, or a cycle."""
        if group.scan:
            Cycle(self, facts, group).write(values, spot)
            return
        name = group.members[0]
        if name in facts.nodes:
            inside = spot.inside(facts, name, self.result(facts, name))
            result = inside._replace(outputs=self.outputs(facts, name, spot))
            self.node(facts.nodes[name], self.given(facts, name, values, spot.path), values, result)
        else:
            self.variable(self.program.graph.variables[name], values)

    def outputs(self, facts: NetFacts, name: str, spot: Spot) -> tuple[str, ...]:
        """The outputs of a node that something reads; at the top, something that the prediction needs."""
        found = read_outputs(facts, name, spot.outputs)
        if facts is not self.program.net:
            return found
        read = {wire.source.port for wire in facts.net.outof(name) if wire.target.owner in self.needed}
        return tuple(port for port in found if port in read or port == "out")

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
            values[end] = self.given(self.program.net, variable.name, values)["in"]

    def node(self, facts: NodeFacts, given: Given, values: Flows, spot: Spot) -> None:
        """One node; its results are known under `values` afterwards."""
        name, body = facts.node.name, facts.copies[0] if facts.copies else None
        if facts.node.share:
            spot = spot.sibling(facts.node.share)
        if not self.moves(facts, given):
            self.still(facts, given, values, spot)
        elif facts.node.repeat is not None:
            values[End(name, "out")] = (Copies(self, facts).write(given, spot),)
        elif isinstance(body, LeafFacts):
            self.leaf(facts.node, body, given, values, spot)
        else:
            assert isinstance(body, NetFacts)
            held = self.classes.needs_class(facts) or facts.node.name in self.program.graph.nodes
            inside: Flows = {End("", port): found for port, found in given.items()}
            results = self.net(body, inside, spot._replace(attributes=held))
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
        return not had and not self.bound and any(self.axis in value.type.axes for value in body.results.values())

    def still(self, facts: NodeFacts, given: Given, values: Flows, spot: Spot) -> None:
        """A node that does not move, written into `start`."""
        texts = {port: tuple(flowing.text for flowing in found) for port, found in given.items()}
        found: dict[End, tuple[str, ...]] = {}
        self.once.node(facts, texts, found, spot._replace(flow=self.start.names.new(f"h_{facts.node.name}")))
        values.update({end: tuple(Flowing(text, moves=False) for text in names) for end, names in found.items()})

    def net(self, facts: NetFacts, values: Flows, spot: Spot) -> dict[str, Flowing]:
        """The nodes of a body in order; what its outputs are afterwards."""
        outer, self.known = self.known, values
        residual, grouped = facts.net.style == "residual", facts.net.style == "nodes"
        inner = self.step.branch() if residual else spot.flow
        kept = self.keep_input(values, spot.flow) if residual else frozenset[str]()
        needed = needed_members(facts, spot.outputs)
        for group in facts.order:
            if grouped and needed.isdisjoint(group.members):
                continue
            if grouped or group.scan:
                self.group(facts, group, values, spot)
                continue
            name = group.members[0]
            wish = spot.flow if name == facts.order[-1].members[-1] else inner
            inside = spot.inside(facts, name, wish)
            self.node(facts.nodes[name], self.given(facts, name, values, spot.path), values, inside)
        if residual:
            self.step.join(inner)
            self.step.branches |= kept
        results = {wire.target.port: wire for wire in facts.net.into("") if wire.target.port in spot.outputs}
        found = {}
        for port, wire in results.items():
            flowing = values[wire.source][0]
            behind = self.place([(wire, flowing)], self.floor(f"{spot.path}{OUT}", port))
            found[port] = self.bring(wire, flowing, behind, facts)
        self.known = outer
        return found

    def keep_input(self, values: Flows, flow: str) -> frozenset[str]:
        """What goes into a residual is used twice: it needs a name, and is no branch to be used up till the end."""
        source = values[End("", "in")][0]
        if source.moves and not NAME.match(source.text):
            self.clock(source.behind, source.front)
            self.moving.write(flow, source.text)
            source = source._replace(text=flow)
            values[End("", "in")] = (source,)
        kept = frozenset({source.text}) & self.step.branches
        self.step.branches -= kept
        return kept

    def leaf(self, node: Node, body: LeafFacts, given: Given, values: Flows, spot: Spot) -> None:
        """One operation."""
        first = next((f for found in given.values() for f in found if f.moves), Flowing(""))
        self.causal(node, body, given, spot)
        if segmented(body):
            values[End(node.name, "out")] = (self.shifted(node, body, given, spot),)
            return
        op, clock = body.leaf.op, self.clock(first.behind, first.front)
        made = first._replace(behind=clock.behind + looks_ahead(body))
        started = op.start(Place(body, self.start, spot.path, spot.module, texts(given), self.classes.ties))
        if looks_ahead(body) and not started:
            raise NotCausal(f"'{op.name}' (line {node.span.line}) looks ahead, and keeps no state by steps", spot.path)
        state = self.kept.put(self.key(spot.path), self.roomier(started, first)) if started else ""
        if started or op.remembers({port: tuple(v.type for v in found) for port, found in body.given.items()}):
            self.learn(body, spot)
        here = (body, self.step, spot.path, spot.module, texts(given), self.classes.ties)
        expression = op.step(StepPlace(*here, given, self, clock.first, clock.length), state)
        ports = tuple(port.name for port in body.leaf.outputs if port.name in body.results)
        outputs = ports if len(ports) == 1 else tuple(port if port in spot.outputs else "" for port in ports)
        found: dict[End, tuple[str, ...]] = {}
        self.moving.assign(node.name, outputs, expression, found, spot)
        early = {End(node.name, "out"): self.fronts.leaf(node, body, given, spot)}
        values.update({e: (made._replace(text=names[0], early=early.get(e, "")),) for e, names in found.items()})

    def shifted(self, node: Node, body: LeafFacts, given: Given, spot: Spot) -> Flowing:
        """What puts something in front of a sequence, or takes what it was put in front of."""
        source = given["in"][0]
        if takes(body):
            return self.fronts.take(body, source, spot)
        front = body.results["out"].type.axes[0] - self.axis
        later = source._replace(text=spot.flow, front=front, early="")
        added = body.leaf.op.front(Place(body, self.start, spot.path, spot.module, texts(given), self.classes.ties))
        if not added:
            self.clock(source.behind, source.front)
            length = self.clocks.head(later.ahead)[0]
            self.moving.write(spot.flow, f"{source.text}[:, {source.text}.shape[1] - {length} :]")
            return later
        state = self.kept.put(self.key(spot.path), added)
        self.measure(front - source.front, added, spot)
        early = self.fronts.put(added, source, spot)
        return later._replace(text=self.queue(state, source, later, held=0), early=early)

    def measure(self, size: Dim, added: str, spot: Spot) -> None:
        """Keep how many positions an axis in front has, in a tensor that is as long and holds nothing."""
        if size.constant is None and str(size) not in self.clocks.sizes:
            kept = self.kept.put(f"{self.key(spot.path)}_size", f"{added}[..., :0]")
            self.clocks.sizes[str(size)] = f"{kept}.shape[1]"

    def roomier(self, started: str, flowing: Flowing) -> str:
        """The state of an operation with room for what stands ahead, or in front, besides the steps."""
        size = flowing.ahead.constant
        if flowing.ahead == NONE or (size is not None and size < 0):
            return started
        sizes = {name: self.start.demand("size", name, f"size_{name}".lower()) for name in sorted(flowing.ahead.names)}
        return re.sub(r"\bcapacity\b", f"capacity + {written(flowing.ahead, sizes)}", started)

    def learn(self, body: LeafFacts, spot: Spot) -> None:
        """Remember which runtime class goes by steps, so that the file carries what it needs for that."""
        inputs = {port: ("",) * len(values) for port, values in body.given.items()}
        scope = Scope(self.start.names, set(), known=self.start.known)
        body.leaf.op.make(Place(body, scope, spot.path, "", inputs, self.classes.ties))
        self.stepped |= scope.use

    def causal(self, node: Node, body: LeafFacts, given: Given, spot: Spot) -> None:
        """Refuse an operation that reads all of what is to come, or moves time to another axis."""
        types = {port: tuple(value.type for value in values) for port, values in body.given.items()}
        for (port, out), flow in body.leaf.op.flow(types).items():
            moving = [flowing for flowing in given.get(port, ()) if flowing.moves]
            if out not in spot.outputs or not moving or (takes(body) and moving[0].early):
                continue
            transfer, place = flow.axes[0]
            before, after = types[port][0].axes[0], body.results[out].type.axes
            ends = place == 0 and before.parts[-1].size == self.axis == after[0].parts[-1].size
            kept = (transfer.kind, transfer.rate) == ("window", 1) and before == after[0]
            if not ends or not (kept or (transfer.kind in ("placed", "taken") and transfer.places[0] == 0)):
                raise NotCausal(f"'{body.leaf.op.name}' (line {node.span.line}) {_forbids(transfer)}", spot.path)


def _forbids(transfer: Transfer) -> str:
    """What an operation does with time that no step can do."""
    if transfer.kind == "everything":
        return "reads all of it"
    if transfer.kind == "taken":
        return "takes what stands in front, behind what looks ahead or goes round"
    if transfer.kind == "placed":
        return "puts in front what comes by steps"
    if transfer.kind in ("patch", "window") and transfer.rate > 1:
        return f"changes the positions: it makes one of {transfer.rate}"
    if transfer.kind == "upsample":
        return f"changes the positions: it makes {transfer.rate} of one"
    return "changes the positions"
