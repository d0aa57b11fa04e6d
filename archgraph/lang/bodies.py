"""Bodies: chains of layers, groups, blocks and repeats become leaves and nets."""

from __future__ import annotations

from collections.abc import Container
from collections.abc import Mapping as Dict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import isfinite

from archgraph.core import limits
from archgraph.core.diagnostic import Collector, Stop
from archgraph.core.source import Mapping, Scalar, Sequence, Span, Tree
from archgraph.core.suggest import hint
from archgraph.graph.module import Body, End, Leaf, Net, Node, Wire
from archgraph.graph.operation import Port
from archgraph.lang.arguments import Registry, find_operation, make_operation
from archgraph.lang.decode import layers_of
from archgraph.lang.faults import graph as graph_faults
from archgraph.lang.faults import schema, values
from archgraph.lang.params import Environment, ParamValue, Refused
from archgraph.lang.rows import chain
from archgraph.lang.spec import BlockSpec, BodySpec, LayersSpec, NetSpec, NodeSpec, OpSpec, ShareSpec, UseSpec
from archgraph.lang.wires import Joint, join, unfed


@dataclass
class Builder:
    """Builds bodies; holds what all of them share."""

    registry: Registry
    blocks: Dict[str, BlockSpec]
    into: Collector
    faulty: frozenset[str] = frozenset()  # blocks that are left out for faults of their own
    using: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    built: int = 0  # operations with every repeat written out
    made: int = 0  # operations that were built one by one
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)  # both, of the node with a body of this identity

    def nodes(self, specs: tuple[NodeSpec, ...], env: Environment) -> dict[str, Node]:
        """The nodes of one body by name; those with faults are left out, the faults recorded."""
        found: dict[str, Node] = {}
        names = _layer_names(specs)
        for spec, name in zip(specs, names, strict=True):
            if isinstance(spec.body, ShareSpec):
                continue
            with suppress(Refused):
                before, made = self.built, self.made
                node = self.node(spec, name, env)
                self.sizes[id(node.body)] = (self.built - before, self.made - made)
                if not spec.broken:
                    found[name] = node
        for spec, name in zip(specs, names, strict=True):
            if isinstance(spec.body, ShareSpec):
                with suppress(Refused):
                    found[name] = self._shared(spec._replace(name=name), spec.body, env, found)
        return {name: found[name] for name in names if name in found}

    def _shared(self, spec: NodeSpec, body: ShareSpec, env: Environment, found: dict[str, Node]) -> Node:
        """A node with the weights of one beside it: the body of that, as often as it says."""
        owner = found.get(body.owner)
        if owner is None or owner.share:
            self.into.add(
                graph_faults.SHARE,
                f"'{spec.name}' shares the weights of '{body.owner}', which is no node with weights beside it",
                body.span,
                hint=hint(body.owner, [other for other, node in found.items() if not node.share]),
            )
            raise Refused
        count = 1 if spec.repeat is None else self._count(spec.repeat, env)
        built, made = self.sizes[id(owner.body)]
        self._afford(made, spec.span)
        self.made += made
        self._budget(built * count, spec.repeat or Scalar(body.owner, body.span))
        head = {"role": spec.role or owner.role, "label": spec.label, "math": spec.math, "share": owner.name}
        weight = self._weight(spec, env)
        shared = owner._replace(name=spec.name, span=spec.span, weight=weight, **head)  # type: ignore[arg-type]
        return shared if spec.repeat is None else _rounds(shared, owner, count)

    def node(self, spec: NodeSpec, name: str, env: Environment) -> Node:
        """One node, its repeat written out only where copies differ."""
        weight = self._weight(spec, env)
        head = {"role": spec.role, "label": spec.label, "math": spec.math, "weight": weight}
        block = spec.body.block if isinstance(spec.body, UseSpec) else ""
        if spec.repeat is None:
            return Node(name, self.body(spec.body, env), spec.span, block=block, **head)  # type: ignore[arg-type]
        count = self._count(spec.repeat, env)
        inner = env.inner(0, count)
        before, made = self.built, self.made
        body = self.body(spec.body, inner)
        self._budget((self.built - before) * count, spec.repeat)
        copies: tuple[Body, ...] = (body,)
        if inner.asked_index:
            self._afford((self.made - made) * (count - 1), spec.repeat.span)
            made_apart = [self.body(spec.body, env.inner(index, count)) for index in range(1, count)]
            copies = _once((body, *made_apart))
        return Node(
            name,
            body,
            spec.span,
            repeat=count,
            copies=copies[:count] if count else (),
            shared=spec.shared,
            block=block,
            **head,  # type: ignore[arg-type]
        )

    def _count(self, written: Scalar, env: Environment) -> int:
        count = env.whole(written, "'repeat'")
        if isinstance(count, int) and count >= 0:
            return count
        shown = f"is {count}" if isinstance(count, int) else "is not known"
        what = f"'repeat' {shown}, and must be a number from 0"
        self.into.add(values.RANGE, what, written.span, hint="write how often, as 'repeat: 6'")
        raise Refused

    def _budget(self, size: int, scalar: Scalar) -> None:
        self.built += size
        if self.built > limits.EXPANDED:
            self.into.add(
                values.TOO_LARGE,
                f"repeated this often the model has more than {limits.EXPANDED:,} operations, which is the limit",
                scalar.span,
                hint="repeat less often",
            )
            raise Refused

    def _weight(self, spec: NodeSpec, env: Environment) -> float:
        weight = env.real(spec.weight, "'weight'") if spec.weight is not None else 1.0
        if spec.weight is not None and not isfinite(weight):
            self.into.add(
                values.RANGE,
                f"'weight' is {spec.weight.value}, and must be a finite number",
                spec.weight.span,
                hint="give a number",
            )
            raise Refused
        return weight

    def body(self, spec: BodySpec, env: Environment) -> Body:
        """A body; raises Refused after its faults were recorded."""
        if isinstance(spec, OpSpec):
            return self._operation(spec, env)
        if isinstance(spec, LayersSpec):
            return self._chain(spec, env)
        if isinstance(spec, NetSpec):
            return self._group(spec, env)
        if isinstance(spec, UseSpec):
            return self._block(spec, env)
        self.into.add(
            graph_faults.SHARE,
            f"a block has nothing beside it that could share the weights of '{spec.owner}'",
            spec.span,
            hint="write the layers of the block; nodes of one body share weights",
        )
        raise Refused

    def _afford(self, more: int, span: Span) -> None:
        """Stop where more operations would have to be built one by one than can be in a short time."""
        if self.made + more > limits.BUILT:
            self.into.add(
                values.TOO_LARGE,
                f"with every block and copy written out the model has more than {limits.BUILT:,} operations",
                span,
                hint="use fewer blocks within blocks, and repeat what differs by its index less often",
            )
            raise Stop

    def _operation(self, spec: OpSpec, env: Environment) -> Body:
        self._afford(1, spec.span)
        self.made += 1
        self.built += 1
        if find_operation(spec, self.registry, env).wraps:
            return self._residual(spec, env)
        op = make_operation(spec, self.registry, env)
        return Leaf(op, spec.span, _places(spec.argument, op.obvious))

    def _chain(self, spec: LayersSpec, env: Environment) -> Net:
        nodes = self.nodes(spec.layers, env)
        if len(nodes) != len(spec.layers):
            raise Refused
        return chain(nodes, spec.span)

    def _residual(self, spec: OpSpec, env: Environment) -> Net:
        """A chain whose result is joined with what went in."""
        cls = find_operation(spec, self.registry, env)
        argument = spec.argument
        if not isinstance(argument, (Sequence, Mapping)):
            self.into.add(
                schema.FORM,
                f"'{spec.name}' takes a list of layers",
                spec.span,
                hint=f"write '{spec.name}: [...]'",
            )
            raise Refused
        written = layers_of(argument, self.into)
        if written is None:
            raise Refused
        inner = self._chain(written, env)
        joint = Node(_free("add", inner.nodes, {}), Leaf(cls(), spec.span), spec.span)
        wires = [w._replace(target=End(joint.name, "branch")) if w.target == End("", "out") else w for w in inner.wires]
        wires += [
            Wire(End("", "in"), End(joint.name, "in"), spec.span),
            Wire(End(joint.name, "out"), End("", "out"), spec.span),
        ]
        return replace(inner, style="residual", nodes={**inner.nodes, joint.name: joint}, wires=tuple(wires))

    def _group(self, spec: NetSpec, env: Environment) -> Net:
        nodes = self.nodes(spec.nodes, env)
        joint = Joint({}, nodes, spec.written, spec.ports, env, frozenset(self.registry.names()))
        wires = join(spec.edges, joint)
        if not self.into.failed:
            unfed(nodes, wires, env, whole=False)
        joined = {end.port for wire in wires for end in (wire.source, wire.target) if not end.owner}
        for name in spec.ports if not self.into.failed else ():
            if name not in joined:
                hint = "draw an edge, or remove it"
                self.into.add(graph_faults.UNTOUCHED, f"no edge touches the port '{name}'", spec.span, hint=hint)
        inputs = [w.source.port for w in wires if not w.source.owner]
        outputs = {w.target.port: _copies(nodes, w.source) for w in wires if not w.target.owner}
        many = {w.source.port for w in wires if not w.source.owner and _many(nodes, w.target)}
        return Net(
            "nodes",
            nodes,
            wires,
            tuple(Port(name, many=name in many) for name in dict.fromkeys(inputs)),
            tuple(Port(name, copies=copies) for name, copies in outputs.items()),
            spec.span,
        )

    def _block(self, spec: UseSpec, env: Environment) -> Body:
        block = self.blocks.get(spec.block)
        if block is None and spec.block in self.faulty:
            raise Refused
        if block is None:
            self.into.add(schema.BLOCK, f"unknown block '{spec.block}'", spec.span, hint=hint(spec.block, self.blocks))
            raise Refused
        if spec.block in self.using:
            shown = " -> ".join([*self.using, spec.block])
            self.into.add(schema.BLOCK, f"these blocks use each other: {shown}", spec.span, hint="break the circle")
            raise Refused
        if len(self.using) >= limits.BLOCKS:
            self.into.add(
                schema.BLOCK,
                f"blocks use blocks more than {limits.BLOCKS} deep",
                spec.span,
                hint="write some of them out",
            )
            raise Stop
        inner = Environment(_scalars(block.params), self.into, None, self._arguments(spec, block, env))
        self._afford(1, spec.span)
        self.made += 1
        self.using.append(spec.block)
        self.used.add(spec.block)
        try:
            return self.body(block.body, inner)
        finally:
            self.using.pop()

    def _arguments(self, spec: UseSpec, block: BlockSpec, env: Environment) -> dict[str, ParamValue]:
        given: dict[str, ParamValue] = {}
        legal = [entry.name for entry in block.params.entries] if block.params else []
        for entry in spec.arguments.entries if spec.arguments else ():
            if entry.name not in legal:
                self.into.add(
                    schema.PARAM,
                    f"the block '{block.name}' has no param '{entry.name}'",
                    entry.key.span,
                    hint=hint(entry.name, legal),
                )
                raise Refused
            value = env.in_turn(entry.value, f"'{entry.name}'")
            if not isinstance(value, Scalar):
                self.into.add(
                    schema.FORM,
                    "an argument of a block is a number or a word",
                    entry.value.span,
                    hint="write one, or inside a repeat a list of them",
                )
                raise Refused
            given[entry.name] = _argument(value, entry.name, env)
        return given


def _once(copies: tuple[Body, ...]) -> tuple[Body, ...]:
    """The same bodies, those that are equal as one: they are then written as one class.

    Patterns are short, and to look further back would make a long repeat quadratic.
    """
    found: list[Body] = []
    for copy in copies:
        found.append(next((other for other in found[-8:] if other == copy), copy))
    return tuple(found)


def _argument(scalar: Scalar, name: str, env: Environment) -> ParamValue:
    value = scalar.value
    if isinstance(value, str) and value.startswith("$"):
        return env.word(scalar)
    if isinstance(value, str):
        if value.isidentifier() and not env.knows(value) and value != "index":
            return value
        return env.number(scalar, f"'{name}'")
    return value


def _rounds(shared: Node, owner: Node, count: int) -> Node:
    """A shared node under a repeat: its body holds the owner, whose weights every round uses."""
    span, name = shared.span, owner.name
    inner, outer = (
        [Wire(End("", port.name), End(name, port.name), span) for port in owner.body.inputs],
        [Wire(End(name, port.name), End("", port.name), span) for port in owner.outputs],
    )
    body = Net("layers", {name: owner}, (*inner, *outer), owner.body.inputs, owner.outputs, span)
    return shared._replace(body=body, repeat=count, copies=(body,) * min(count, 1), shared=True, rounds=True, block="")


def _scalars(tree: Mapping | None) -> dict[str, Scalar]:
    return {e.name: e.value for e in tree.entries if isinstance(e.value, Scalar)} if tree else {}


def _layer_names(specs: tuple[NodeSpec, ...]) -> list[str]:
    """Layers without a name are called after their operation; from the second on with a number."""
    taken = {spec.name for spec in specs if spec.name}
    last: dict[str, int] = {}  # the number up to which a default name is taken
    names = []
    for spec in specs:
        name = spec.name or _free(_default(spec), taken, last)
        taken.add(name)
        names.append(name)
    return names


def _default(spec: NodeSpec) -> str:
    if spec.repeat is not None:
        return "repeat"
    if isinstance(spec.body, OpSpec):
        return spec.body.name
    if isinstance(spec.body, UseSpec):
        return spec.body.block
    if isinstance(spec.body, ShareSpec):
        return "share"
    return "group" if isinstance(spec.body, NetSpec) else "layers"


def _free(name: str, taken: Container[str], last: dict[str, int]) -> str:
    if name not in taken:
        return name
    number = last.get(name, 1) + 1
    while f"{name}_{number}" in taken:
        number += 1
    last[name] = number
    return f"{name}_{number}"


def _many(nodes: dict[str, Node], end: End) -> bool:
    node = nodes.get(end.owner)
    return bool(node) and any(port.name == end.port and port.many for port in (node.body.inputs if node else ()))


def _copies(nodes: dict[str, Node], end: End) -> str:
    """How an output joins over the copies of a repeat."""
    node = nodes.get(end.owner)
    return next((port.copies for port in (node.outputs if node else ()) if port.name == end.port), "")


def _places(argument: Tree | None, obvious: str) -> tuple[tuple[str, Span], ...]:
    """Where the arguments of an operation stand: each for itself, or the one obvious one."""
    if isinstance(argument, Mapping):
        return tuple((entry.name, entry.value.span) for entry in argument.entries)
    return () if argument is None else ((obvious, argument.span),)
