"""Edges to wires: names and ports resolved among the siblings of one body."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

from archgraph.core.diagnostic import Note
from archgraph.core.source import Scalar, Span
from archgraph.core.suggest import hint
from archgraph.graph.module import End, Leaf, Node, Variable, Wire
from archgraph.graph.operation import Port
from archgraph.lang.edges import PORT_OF_KIND
from archgraph.lang.faults import graph as faults
from archgraph.lang.params import Environment, Refused
from archgraph.lang.spec import EdgeSpec, EndSpec

OWN = ("in", "out", "context")


@dataclass
class Joint:
    """What the edges of one body may join. `written` holds the names whose own faults left them out."""

    variables: Dict[str, Variable]
    nodes: Dict[str, Node]
    written: frozenset[str]
    ports: Dict[str, str] | None
    env: Environment
    operations: frozenset[str] = frozenset()
    taken: dict[End, list[Wire]] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)  # names of nothing, each told once

    @property
    def top(self) -> bool:
        """Whether this is the body of the whole spec, which has no ports of its own."""
        return self.ports is None

    def own(self, name: str) -> bool:
        """Whether `name` is a port of the body itself."""
        return not self.top and (name in OWN or name in (self.ports or {}))


def join(edges: tuple[EdgeSpec, ...], joint: Joint) -> tuple[Wire, ...]:
    """The wires of the edges that hold; the faults of the others are recorded."""
    wires = []
    for edge in edges:
        try:
            wire = _wire(edge, joint)
        except Refused:
            continue
        joint.taken.setdefault(wire.target, []).append(wire)
        wires.append(wire)
    _crowds(joint)
    return tuple(wires)


def _wire(edge: EdgeSpec, joint: Joint) -> Wire:
    delay = _delay(edge, joint)
    _exists(edge.source, joint)
    _exists(edge.target, joint)
    wire = Wire(
        source=_source(edge, joint),
        target=_target(edge, joint),
        span=edge.span,
        delay=delay,
        axis=edge.axis,
        context="context" in edge.kinds,
        initial="initial" in edge.kinds,
        stop="stop" in edge.kinds,
    )
    if wire.source.owner and wire.source.owner == wire.target.owner and not delay:
        joint.env.into.add(
            faults.SELF_LOOP,
            f"'{wire.source.owner}' feeds itself without a delay",
            edge.span,
            hint=f"write '{wire.source.owner} -[delay]-> {wire.target.owner}'",
        )
        raise Refused
    return wire


def _exists(end: EndSpec, joint: Joint) -> None:
    if end.name in joint.nodes or end.name in joint.variables or joint.own(end.name):
        return
    if end.name not in joint.written and end.name not in joint.missed:
        joint.missed.add(end.name)
        legal = [*joint.variables, *joint.nodes, *(() if joint.top else OWN)]
        joint.env.into.add(
            faults.NOTHING,
            f"'{end.name}' is neither a variable nor a node here",
            end.span,
            hint=f"it is an operation: make it a node, '{end.name}_1: {{op: {end.name}}}'"
            if end.name in joint.operations
            else hint(end.name, legal),
        )
    raise Refused


def _delay(edge: EdgeSpec, joint: Joint) -> int:
    if "delay" not in edge.kinds:
        return 0
    steps = joint.env.whole(Scalar(_number(edge.steps), edge.span), "the delay") if edge.steps else 1
    if not isinstance(steps, int) or steps < 1:
        joint.env.into.add(
            faults.DELAY,
            f"a delay of {steps} steps; time runs forward",
            edge.span,
            hint="a delay has at least one step",
        )
        raise Refused
    return steps


def _number(text: str) -> str | int:
    try:
        return int(text)
    except ValueError:
        return text


def _own(end: EndSpec, joint: Joint, *, begins: bool) -> End:
    """A port of the body itself: an edge begins at what comes in, and ends at what goes out."""
    way = (joint.ports or {}).get(end.name, "out" if end.name == "out" else "in")
    if end.port or (way == "in") != begins:
        what = f"'{end.name}' is where this body {'takes what comes in' if way == 'in' else 'gives what goes out'}"
        fact = f"{what}: it has no ports" if end.port else f"{what}: no edge {'begins' if begins else 'ends'} there"
        hint = "name it alone" if end.port else "turn the edge round, or name a node"
        joint.env.into.add(faults.PORT, fact, end.span, hint=hint)
        raise Refused
    return End("", end.name)


def _source(edge: EdgeSpec, joint: Joint) -> End:
    end = edge.source
    if joint.own(end.name):
        return _own(end, joint, begins=True)
    node = joint.nodes.get(end.name)
    if node is None:
        return End(end.name, _no_port(end, joint) or "out")
    if _objective(node) and not _is_loss(edge.target, joint):
        joint.env.into.add(
            faults.OUT_OF_COST,
            f"'{end.name}' gives an energy, which only a loss can take",
            edge.span,
            hint="energies are summed by themselves; join them in a node of role loss",
        )
        raise Refused
    return End(end.name, _port(end, end.port or "out", node, joint, begins=True))


def _objective(node: Node) -> bool:
    return (isinstance(node.body, Leaf) and node.body.op.objective) or node.role in (
        "cost",
        "regulariser",
        "loss",
    )


def _is_loss(end: EndSpec, joint: Joint) -> bool:
    node = joint.nodes.get(end.name)
    return bool(node and node.role == "loss")


def _no_port(end: EndSpec, joint: Joint) -> str:
    if end.port:
        joint.env.into.add(
            faults.PORT, f"the variable '{end.name}' has no port '{end.port}'", end.span, hint="name it alone"
        )
        raise Refused
    return ""


def _target(edge: EdgeSpec, joint: Joint) -> End:
    end = edge.target
    if joint.own(end.name):
        return _own(end, joint, begins=False)
    node = joint.nodes.get(end.name)
    if node is None:
        return _into_variable(edge, joint)
    if "initial" in edge.kinds:
        what = f"'{end.name}' is a node, and a value before the first step is given to a variable"
        joint.env.into.add(faults.PORT, what, edge.span, hint="draw the edge to the variable that is read delayed")
        raise Refused
    if "context" in edge.kinds:
        return End(end.name, _context(edge, node, joint))
    default = "in" if any(port.name == "in" for port in node.body.inputs) else ""
    name = end.port or default or _cost_port(edge, node, joint)
    return End(end.name, _port(end, name, node, joint, begins=False))


def _into_variable(edge: EdgeSpec, joint: Joint) -> End:
    end = edge.target
    _no_port(end, joint)
    variable = joint.variables[end.name]
    if "context" in edge.kinds:
        what = f"'{end.name}' is a variable, and a context is what a node asks"
        joint.env.into.add(faults.CONTEXT, what, edge.span, hint="draw the edge to a node with cross_attention in it")
        raise Refused
    if {"initial", "delay"} <= edge.kinds:
        what = f"'{end.name}' begins with one value, and a delay stands between the steps of a sequence"
        joint.env.into.add(faults.DELAY, what, edge.span, hint="write -[initial]-> alone")
        raise Refused
    if (variable.observed or variable.kind == "parameter") and "initial" not in edge.kinds:
        what = "is observed" if variable.observed else "is learned"
        joint.env.into.add(
            faults.INTO_OBSERVED,
            f"'{end.name}' is a variable of kind {variable.kind}: it {what}, not computed",
            edge.span,
            hint="turn the edge round, or make the variable hidden",
        )
        raise Refused
    return End(end.name, "initial" if "initial" in edge.kinds else "in")


def _context(edge: EdgeSpec, node: Node, joint: Joint) -> str:
    name = edge.target.port or "context"
    if not any(port.name == name for port in node.body.inputs):
        joint.env.into.add(
            faults.CONTEXT,
            f"'{node.name}' has no use for a context: nothing in it is a cross-attention",
            edge.span,
            hint="put a cross_attention in it, or make this a data edge",
        )
        raise Refused
    return name


def _cost_port(edge: EdgeSpec, node: Node, joint: Joint) -> str:
    """The port of a cost that follows from the kind of the variable that feeds it."""
    variable = joint.variables.get(edge.source.name)
    port = PORT_OF_KIND.get(variable.kind, "") if variable else ""
    if port and any(p.name == port for p in node.body.inputs):
        return port
    names = [p.name for p in node.body.inputs]
    shown = f"'{edge.source.name}' ({variable.kind})" if variable else f"'{edge.source.name}'"
    joint.env.into.add(
        faults.PORT,
        f"{shown} does not say which port of '{node.name}' it feeds",
        edge.span,
        hint=f"name the port: {', '.join(f'{node.name}.{name}' for name in names)}" if names else "it takes no input",
    )
    raise Refused


def _port(end: EndSpec, name: str, node: Node, joint: Joint, *, begins: bool) -> str:
    """The name of a port on the side where an edge begins or ends; raises Refused."""
    takes, gives = [port.name for port in node.body.inputs], [port.name for port in node.outputs]
    names, others = (gives, takes) if begins else (takes, gives)
    if name in names:
        return name
    what = f"'{end.name}' has no port '{name}'"
    mend = hint(name, names) if names else "it has none on this side"
    if name in others:
        verbs = ("takes", "give") if begins else ("gives", "take")
        what = f"'{end.name}' {verbs[0]} '{name}', and does not {verbs[1]} it"
        mend = "turn the edge round, or begin another chain there"
    joint.env.into.add(faults.PORT, what, end.span, hint=mend)
    raise Refused


def _crowds(joint: Joint) -> None:
    for end, wires in joint.taken.items():
        ports = joint.nodes[end.owner].body.inputs if end.owner in joint.nodes else ()
        if len(wires) > 1 and not any(port.name == end.port and port.many for port in ports):
            where = f"port '{end.port}' of '{end.owner}'" if end.owner else f"the port '{end.port}' of the body"
            joint.env.into.add(
                faults.CROWDED,
                f"{len(wires)} edges end in the {where.removeprefix('the ')}, which takes one",
                wires[1].span,
                hint=_uncrowded(end, wires, joint),
                notes=(Note("the first one", wires[0].span),),
            )


def _uncrowded(end: End, wires: list[Wire], joint: Joint) -> str:
    """What to do where several edges end in a port of one."""
    if wires[0].source == wires[1].source:
        return "remove one of the two: they are the same edge"
    node = joint.nodes.get(end.owner)
    asked = node is not None and any(port.name == "context" for port in node.body.inputs)
    if asked and End(end.owner, "context") not in joint.taken:
        return f"make one of them its context: '{wires[0].source.owner} -[context]-> {end.owner}'"
    return "join them first, with an operation that takes several: add, concat or multiply"


def unfed(nodes: Dict[str, Node], wires: tuple[Wire, ...], env: Environment, *, whole: bool = True) -> None:
    """Record the required ports of nodes that no wire feeds; in the body of a group, nodes that no wire touches too."""
    fed = {wire.target for wire in wires}
    joined = {end.owner for wire in wires for end in (wire.source, wire.target)}
    for node in nodes.values():
        if node.name not in joined:
            if not whole:  # of the whole spec it is said together with the variables
                hint = "draw an edge, or remove it"
                env.into.add(faults.UNTOUCHED, f"no edge touches the node '{node.name}'", node.span, hint=hint)
            continue
        for port in node.body.inputs:
            if port.required and End(node.name, port.name) not in fed:
                _record_unfed(node, port, env, node.span)


def _record_unfed(node: Node, port: Port, env: Environment, span: Span) -> None:
    if port.name == "context":
        env.into.add(
            faults.NO_CONTEXT,
            f"'{node.name}' contains cross-attention, and no context edge ends in it",
            span,
            hint=f"write 'x -[context]-> {node.name}'",
        )
        return
    if port.name == "target":
        env.into.add(
            faults.NO_TARGET,
            f"nothing tells '{node.name}' what to compare the prediction with: it has no target",
            span,
            hint=f"draw an edge from a target: 'y -> {node.name}'",
        )
        return
    env.into.add(
        faults.UNFED,
        f"nothing feeds the port '{port.name}' of '{node.name}'",
        span,
        hint=f"draw an edge from the prediction: 'y_tilde -> {node.name}'"
        if port.name == "prediction"
        else f"draw an edge into '{node.name}'",
    )
