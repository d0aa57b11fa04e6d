"""The typed spec to the graph: params settled, names resolved, blocks and repeats built."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from numbers import Integral, Real

from archgraph.core.diagnostic import Collector, Stop
from archgraph.core.source import Mapping, Scalar, Source, Span
from archgraph.core.suggest import hint
from archgraph.graph.module import Graph, Node, Tie, Variable
from archgraph.graph.types import TensorType
from archgraph.lang.arguments import Registry
from archgraph.lang.bodies import Builder
from archgraph.lang.codecs import codec_of
from archgraph.lang.decode import decode
from archgraph.lang.faults import graph, schema, text, values
from archgraph.lang.params import Environment, Refused
from archgraph.lang.read import resolve
from archgraph.lang.sections import check_sections
from archgraph.lang.spec import EdgeSpec, Spec, VariableSpec
from archgraph.lang.staging import staged
from archgraph.lang.typetext import parse_type
from archgraph.lang.unused import check_unused
from archgraph.lang.weights import weight_rules
from archgraph.lang.wires import Joint, join, unfed

_HIDING = (
    schema.CHAIN,
    schema.FORM,
    text.PASTED,
    text.FLOW,
    graph.NOTHING,
    schema.UNKNOWN_KEY,
    graph.PORT,
    graph.NO_TARGET,
)


@dataclass(frozen=True)
class Choice:
    """What the user chose besides the file: a variant, and params set from outside."""

    variant: str | None = None
    params: Dict[str, object] = field(default_factory=dict)


def build(spec: Spec, registry: Registry, choice: Choice, into: Collector) -> Graph:
    """The graph of a spec; faults are recorded, and what has none is still built."""
    into.allowed = frozenset(str(scalar.value) for scalar in spec.allow)
    check_sections(spec, into)
    env = Environment(chosen_params(spec, choice, into), into)
    env.broken |= {e.name for e in spec.params.entries if not isinstance(e.value, Scalar)} if spec.params else set()
    settled = env.settle()
    variables = {v.name: found for v in spec.variables if (found := _variable(v, env))}
    builder = Builder(registry, spec.blocks, into, spec.faulty)
    _named_like_operations(spec, registry, into)
    nodes = builder.nodes(spec.nodes, env)
    for name in variables.keys() & nodes.keys():
        del variables[name], nodes[name]  # which of the two an edge means cannot be told; that is recorded
    joint = Joint(variables, nodes, spec.written, None, env, frozenset(registry.names()))
    wires = join(spec.edges, joint)
    whole = len(nodes) + len(variables) == len(spec.written)
    if whole and not into.failed:
        unfed(nodes, wires, env)
    if whole:
        _untouched(variables, nodes, spec.edges, into)
    check_unused(builder, into)
    return Graph(
        name=spec.name or "model",
        title=spec.title,
        span=spec.span,
        variables=variables,
        nodes=nodes,
        wires=wires,
        params=settled,
        waiting={name: scalar.span for name, scalar in env.params.items() if scalar.value == "auto"},
        sizes=_sizes(spec, variables, env),
        ties=tuple(Tie(tuple(str(p.value) for p in paths), paths[0].span) for paths in spec.ties),
        allow=tuple((str(scalar.value), scalar.span) for scalar in spec.allow),
        weights=weight_rules(spec.weights, settled, into),
        staging=staged(spec.staging, spec.written, into),
    )


def chosen_params(spec: Spec, choice: Choice, into: Collector) -> dict[str, Scalar]:
    """Parent, child (already merged), variant, then what was set from outside; later ones win."""
    found = _section(spec.params)
    if choice.variant is not None:
        variants = {e.name: e.value for e in spec.variants.entries} if spec.variants else {}
        chosen = variants.get(choice.variant)
        if not isinstance(chosen, Mapping):
            raise into.stop(
                schema.VARIANT,
                f"unknown variant '{choice.variant}'",
                _option("--variant", choice.variant),
                hint=hint(choice.variant, variants) if variants else "this spec has none",
            )
        found |= _section(chosen)
    for name, value in choice.params.items():
        if name not in found:
            fact = f"'{name}' is not a param of this spec"
            raise into.stop(schema.PARAM, fact, _option("--set", name), hint=hint(name, found))
        found[name] = _outside(name, value, into)
    return found


def _section(tree: Mapping | None) -> dict[str, Scalar]:
    return {e.name: e.value for e in tree.entries if isinstance(e.value, Scalar)} if tree else {}


def _option(name: str, text: str) -> Span:
    """Where an option stands: no file has a line for it."""
    return Span(Source(name, text), 0, len(text))


def _outside(name: str, value: object, into: Collector) -> Scalar:
    """A param set from outside, as if it stood in a file of its own line."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    span = _option(f"--set {name}", text)
    if isinstance(value, str):
        return Scalar(resolve(text), span)
    if isinstance(value, (bool, int, float)):
        return Scalar(value, span)
    if isinstance(value, (Integral, Real)):  # those of other libraries
        return Scalar(int(value) if isinstance(value, Integral) else float(value), span)
    what = f"the param '{name}' is set to a {type(value).__name__}, and must be a number or a word"
    raise into.stop(values.WRONG_KIND, what, span, hint="give one number or word")


def _sizes(spec: Spec, variables: Dict[str, Variable], env: Environment) -> dict[str, int]:
    axes = {name for v in variables.values() if v.type for axis in v.type.axes for name in axis.names}
    found: dict[str, int] = {}
    for name, scalar in _section(spec.dims).items():
        try:
            size = env.whole(scalar, f"the axis '{name}'")
        except Refused:
            continue
        if not isinstance(size, int) or size < 1 or env.knows(name):
            env.into.add(
                values.RANGE,
                f"the axis '{name}' is fixed to {size}",
                scalar.span,
                hint="an axis has a size from 1, and no param's name",
            )
            continue
        if name not in axes and len(variables) == len(spec.variables):
            env.into.add(graph.DIM, f"no variable has an axis '{name}'", scalar.span, hint=hint(name, sorted(axes)))
        found[name] = size
    return found


def _variable(spec: VariableSpec, env: Environment) -> Variable | None:
    try:
        made = spec.kind not in ("input", "target", "parameter")
        type_ = parse_type(spec.type, env, computed=made) if spec.type else None
        symbols = {name: _symbol(scalar, name, env) for name, scalar in (("start", spec.start), ("stop", spec.stop))}
        pad = "lengths" if spec.pad and spec.pad.value == "lengths" else _symbol(spec.pad, "pad", env)
    except Refused:
        return None
    if not _told(spec, type_, env):
        return None
    tokens = type_ is not None and type_.element == "tokens"
    for name, scalar in (("pad", spec.pad), ("start", spec.start), ("stop", spec.stop)):
        if scalar is not None and not tokens and scalar.value != "lengths":
            env.into.add(
                schema.FORM,
                f"'{name}' is a symbol, and '{spec.name}' holds no tokens",
                scalar.span,
                hint="for real sequences write 'pad: lengths'" if name == "pad" else "remove it",
            )
            return None
        _known_symbol(name, scalar, symbols.get(name, pad), type_, env)
    return Variable(
        spec.name,
        spec.kind,
        spec.span,
        type_,
        pad,
        symbols["start"],
        symbols["stop"],
        spec.label,
        spec.math,
        codec_of(spec, type_, env.into),
    )


def _told(spec: VariableSpec, type_: TensorType | None, env: Environment) -> bool:
    """Whether a variable has the type that its kind needs; records what is missing or cannot be given."""
    if type_ is None and spec.kind in ("input", "target", "parameter"):
        env.into.add(
            schema.MISSING,
            f"the {spec.kind} '{spec.name}' needs a type",
            spec.span,
            hint='add type: "real[T, 32]"',
        )
        return False
    if type_ is not None and spec.kind in ("input", "target") and any(axis.segments for axis in type_.axes):
        env.into.add(
            schema.TYPE,
            f"the {spec.kind} '{spec.name}' is {type_}, and what is given comes in one piece",
            spec.type.span if spec.type else spec.span,
            hint="give it the last segment, and put the others in front with prepend",
        )
        return False
    return True


def _symbol(scalar: Scalar | None, name: str, env: Environment) -> int | None:
    if scalar is None:
        return None
    value = env.whole(scalar, f"'{name}'")
    return value if isinstance(value, int) else None


def _known_symbol(name: str, scalar: Scalar | None, value: object, type_: object, env: Environment) -> None:
    count = getattr(getattr(type_, "classes", None), "constant", None)
    if scalar is not None and isinstance(value, int) and not 0 <= value < (count if count is not None else value + 1):
        env.into.add(
            values.RANGE,
            f"'{name}' is the symbol {value}, and there are {count} symbols" if value >= 0 else f"'{name}' is {value}",
            scalar.span,
            hint=f"symbols count from 0 to {count - 1}" if count else "symbols count from 0",
        )


def _named_like_operations(spec: Spec, registry: Registry, into: Collector) -> None:
    for name, block in spec.blocks.items():
        if registry.get(name) is not None:
            into.add(
                schema.TWICE,
                f"the block '{name}' has the name of an operation",
                block.span,
                hint="rename the block",
            )


def _untouched(
    variables: Dict[str, Variable], nodes: Dict[str, Node], edges: tuple[EdgeSpec, ...], into: Collector
) -> None:
    if any(item.fault in _HIDING for item in into.items):
        return  # the edge that would touch it may be the one that could not be read
    things: list[Variable | Node] = [*variables.values(), *nodes.values()]
    if things and not edges:
        what, mend = (
            "no edge joins what the spec holds",
            "add a list 'edges:' with chains such as 'x -> encoder -> y_tilde'",
        )
        into.add(graph.UNTOUCHED, what, things[0].span, hint=mend)
        return
    touched = {name for edge in edges for name in (edge.source.name, edge.target.name)}
    for thing in things:
        if thing.name not in touched:
            what = "variable" if isinstance(thing, Variable) else "node"
            into.add(
                graph.UNTOUCHED,
                f"no edge touches the {what} '{thing.name}'",
                thing.span,
                hint="draw an edge, or remove it",
            )


def load(tree: Mapping, registry: Registry, choice: Choice, into: Collector) -> Graph | None:
    """The graph of a joined tree, or None where its head failed."""
    spec = decode(tree, into)
    if spec is None:
        return None
    try:
        return build(spec, registry, choice, into)
    except Stop:
        return None
