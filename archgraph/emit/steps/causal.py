"""Where a model can go step by step: its methods `start` and `step`; else what forbids it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from archgraph.core.dims import Dim
from archgraph.emit.classes import RESERVED
from archgraph.emit.code import NotCausal
from archgraph.emit.layout import assignment, joined, split
from archgraph.emit.model import FLAGS, Model, owned, untyped
from archgraph.emit.returns import returning
from archgraph.emit.runtime import names
from archgraph.emit.scope import INDENT, WIDTH, Names, Scope
from archgraph.emit.shapes import Shapes
from archgraph.emit.steps.flows import Flowing
from archgraph.emit.steps.stream import Stream
from archgraph.graph.advance import Advance
from archgraph.graph.module import End, Variable
from archgraph.graph.program import Program
from archgraph.graph.types import TensorType

# What `stream` and `generate` call their own arguments: a variable of that name could not be given.
OPTIONS = {"batch", "capacity", "max_length", "temperature", "top_k", "top_p", "beams", "stop", "compiled"}
# What a model that streams has as attributes: a node of that name is one already.
ATTRIBUTES = frozenset({"start", "step", "stream", "generate", "target", "reason", "settled", "static_step"})
LOCAL = {"batch", "capacity", "state", "first", "read", "place", "model", "weight", "kept", "later"}


class Methods(NamedTuple):
    """The lines of the two methods, and the runtime classes that go by steps."""

    lines: tuple[str, ...] = ()
    stepped: frozenset[str] = frozenset()


def methods(model: Model) -> Methods:
    """The streaming form of a model.

    Raises:
        NotCausal: there is none; the text says why.
    """
    program = model.program
    target, prediction = predicted(program)
    for name in clashing(program):
        raise NotCausal(f"'{name}' is called as something that a stream needs itself: call it otherwise")
    for name in sorted((OPTIONS | LOCAL) & {v.name for v in (*model.observed, target)}):
        raise NotCausal(f"the variable '{name}' is called as something that a stream needs itself: call it otherwise")
    scope, step = (Scope(Names(_taken(model)), model.classes.use) for _ in range(2))
    scope.observed = {v.name: model.mask(v) for v in model.observed if v.pad is not None}
    asked: list[str] = []
    scope.known = {"flag": lambda name: _asked(name, asked), "size": model.size, "parameter": owned}
    step.known = {"parameter": owned}
    stream = Stream(model.classes, scope, step, target, Advance(program, prediction.name).solve())
    given = ancestors(program, prediction.name)
    inputs = [v for v in model.observed if v.name in given]
    if longest := _longest(program, prediction, stream.axis):
        scope.write(f"if capacity > {longest}:")
        fact = f"capacity is {{capacity}}, and the model has positions for {longest}"
        scope.write(f'{INDENT}raise ValueError(f"{fact}")')
    Shapes(scope, program.graph.sizes, {"": "batch"}).write(inputs)
    _write_symbols(scope, inputs)
    model.clean(inputs, scope)
    try:
        values = stream.top(given)
    except NotCausal as found:
        if found.path:
            raise NotCausal(f"{_way(program, target.name, found.path)}: {found}") from None
        raise
    result = values[End(prediction.name, "out")][0]
    if not result.moves:
        raise NotCausal(f"{prediction.name} does not depend on {target.name}, and is there at once")
    if result.behind > 0:
        way = _way(program, target.name, prediction.name)
        raise NotCausal(f"{way}: without a delay, {prediction.name} depends on the symbol that it predicts")
    before = stream.before(End(target.name, "out"), 1, program.net)
    state = {"before": before, **stream.kept.items}
    lengths = ["lengths"] * any(v.pad == "lengths" for v in inputs)
    flags = [f"{flag}: {FLAGS[flag]}" for flag in (*lengths, *dict.fromkeys(asked))]
    lines = _start([f"{v.name}: Tensor" for v in inputs] + flags, stream, state) + _step(stream, prediction, result)
    return Methods(tuple(model.resolved(lines)), frozenset(stream.stepped))


def _write_symbols(scope: Scope, inputs: Iterable[Variable]) -> None:
    """Symbols are looked at where a source is read: once, so a device is waited for once, and no step waits."""
    for variable in inputs:
        symbols = _symbols(variable.type) if variable.type is not None else 0
        if symbols:
            check = scope.function("shapes.check_symbols")
            scope.write(f'{check}("{variable.name}", {variable.name}, {symbols})')


def clashing(program: Program) -> tuple[str, ...]:
    """The nodes and learned variables whose names are attributes of a model that streams."""
    learned = {v.name for v in program.graph.variables.values() if v.kind == "parameter"}
    return tuple(sorted(ATTRIBUTES & (learned | set(program.graph.nodes))))


def _way(program: Program, source: str, path: str) -> str:
    """The shortest way from a variable to a node, as edges of the spec."""
    goal, ways = path.partition(".")[0], {source: source}
    waiting = [source]
    while waiting and goal not in ways:
        name = waiting.pop(0)
        for wire in program.graph.outof(name):
            if wire.target.owner not in ways and not wire.initial:
                arrow = {0: "->", 1: "-[delay]->"}.get(wire.delay, f"-[delay {wire.delay}]->")
                ways[wire.target.owner] = f"{ways[name]} {arrow} {wire.target.owner}"
                waiting.append(wire.target.owner)
    return ways.get(goal, source) + path.removeprefix(goal)


def _taken(model: Model) -> set[str]:
    observed = {v.name for v in (*model.observed, *model.targets)}
    return ({*RESERVED, *names(), *FLAGS, *LOCAL} | observed) - {"layer", "kept"}


def _asked(name: str, asked: list[str]) -> str:
    asked.append(name)
    return name


def _start(arguments: list[str], stream: Stream, state: dict[str, str]) -> list[str]:
    head = joined("def start({}) -> dict[str, Any]:", ["self", "batch: int", "capacity: int", *arguments], 1)
    weight = [f"{INDENT * 2}weight = next(self.parameters())"] * stream.weighed
    body = [*weight, *stream.start.lines, *_made(state)]
    return ["", *head, f'{INDENT * 2}"""The state before the first of at most `capacity` steps."""', *_model(body)]


def _made(state: dict[str, str]) -> list[str]:
    """The state, an item a line; the lists of copies broken where they are too long."""
    lines = []
    for key, value in state.items():
        head, middle, tail = value.rpartition(" for ")
        if not middle or len(f'{INDENT * 3}"{key}": {value},') <= WIDTH:
            lines += _entry(f'"{key}": {value}', 3)
        else:
            whole = [f"{INDENT * 4}{head[1:]}"]
            if len(whole[0]) > WIDTH:
                whole = [
                    f"{INDENT * 4}{{",
                    *[line for part in split(head[2:-1]) for line in _entry(part, 5)],
                    f"{INDENT * 4}}}",
                ]
            copies = [f"{whole[-1]} for {tail[:-1]}"]
            if len(whole) > 1 or len(copies[0]) > WIDTH:
                copies = [*whole, f"{INDENT * 4}for {tail[:-1]}"]
            lines += [f'{INDENT * 3}"{key}": [', *copies, f"{INDENT * 3}],"]
    return [f"{INDENT * 2}return {{", *lines, f"{INDENT * 2}}}"]


def _entry(item: str, depth: int) -> list[str]:
    """`"key": value` with its comma, broken where it is too long."""
    line = f"{INDENT * depth}{item},"
    if len(line) <= WIDTH:
        return [line]
    key, _, value = item.partition(": ")
    first, *rest, last = assignment(key, value, depth)
    return [first.replace(" = ", ": ", 1), *rest, f"{last},"]


def _step(stream: Stream, prediction: Variable, result: Flowing) -> list[str]:
    name, lines, types = stream.target.name, stream.step.lines, stream.program.variables
    size = _steps(types[name].type)
    shape = _steps(types[prediction.name].type)
    where = f"{shape.replace('n', '1', 1)} at the last of" if stream.narrowed else f"{shape} at"
    what = f"{prediction.name} {where} the n places from `first` on, by what stands"
    places, found = stream.clocks.settled, []
    if places > 1:
        found += ["", f"{INDENT}settled = {places}  # the place from which on all steps have the same shapes"]
    found += ["", f"{INDENT}def step(self, {name}: Tensor, first: int | Tensor, state: dict[str, Any]) -> Tensor:"]
    found.append(f'{INDENT * 2}"""{what} before each: {name} {size}."""')
    return [*found, *_model(stream.clocks.used(returning(lines, result.text, [name])))]


def _model(lines: list[str]) -> list[str]:
    """The lines, after one that lets a type checker pass what modules hold."""
    return [untyped("model")] * any("model." in line for line in lines) + lines


def _steps(type_: TensorType) -> str:
    """The shape of n steps of a sequence."""
    return f"({', '.join(['B', 'n', *(str(axis) for axis in type_.axes[1:])])})"


def facts(program: Program) -> dict[str, Any]:
    """What a stream must know of the target of a causal program: its name, symbols, and the positions in tables."""
    target, prediction = predicted(program)
    type_ = program.variables[target.name].type
    first, *others = type_.axes
    pad = target.pad if isinstance(target.pad, int) else None
    needed = ancestors(program, prediction.name)
    return {
        "name": target.name,
        "symbols": _symbols(type_),
        "start": target.start,
        "stop": target.stop,
        "pad": pad,
        "longest": _longest(program, prediction, first),
        "axes": (str(first), *axes_of(program, others)),
        "inputs": tuple(v.name for v in program.graph.variables.values() if v.kind == "input" and v.name in needed),
        "along": _along(program, needed, type_.axes[0]),
    }


def observed(program: Program) -> tuple[tuple[Any, ...], ...]:
    """What a call of a model takes, the inputs first: name, symbols, axes, element, whether `lengths` may end it."""
    given = [v for kind in ("input", "target") for v in program.graph.variables.values() if v.kind == kind]
    types = [(v, v.type) for v in given if v.type is not None]
    return tuple((v.name, _symbols(t), axes_of(program, t.axes), t.element, v.pad == "lengths") for v, t in types)


def axes_of(program: Program, axes: Iterable[Dim]) -> tuple[str | int, ...]:
    """Axes of a type: numbers where they are known, else names."""
    sizes = ((program.graph.sizes.get(str(axis), axis.constant), str(axis)) for axis in axes)
    return tuple(name if size is None else size for size, name in sizes)


def _symbols(type_: TensorType) -> int:
    return (type_.classes.constant or 0) if type_.classes is not None else 0


def _along(program: Program, needed: frozenset[str], axis: Dim) -> tuple[str, int] | None:
    """An input from which a prediction is computed, and which has the positions of the target; on which axis."""
    for name, variable in program.graph.variables.items():
        if variable.kind == "input" and name in needed and variable.type and axis in variable.type.axes:
            return name, variable.type.axes.index(axis)
    return None


def _longest(program: Program, prediction: Variable, axis: Dim) -> int | None:
    """For how many steps there are positions, by the size of their axis, and in tables."""
    sizes = program.graph.sizes
    return min([*_tables(program, prediction, axis), *[sizes[n] for n in axis.names & sizes.keys()]], default=None)


def _tables(program: Program, prediction: Variable, axis: Dim) -> Iterator[int]:
    """For how many steps the tables of positions last, those in front and ahead of the steps taken off."""
    advance = Advance(program, prediction.name).solve()
    for path, leaf in program.leaves():
        size, given = leaf.leaf.op.longest(), next(iter(leaf.given.values()))[0].type
        if size is not None and given.axes[0].parts[-1].size == axis:
            yield max(size - ((given.axes[0] - axis).constant or 0) + advance.floor(path), 1)


def predicted(program: Program) -> tuple[Variable, Variable]:
    """The target that a stream reads, and its prediction: those of the first cost over positions.

    Raises:
        NotCausal: there is none.
    """
    variables = program.graph.variables
    for node in program.objectives:
        ports = {wire.target.port: variables.get(wire.source.owner) for wire in program.graph.into(node.name)}
        target, prediction = ports.get("target"), ports.get("prediction")
        if target is None or prediction is None or target.kind != "target" or target.type is None:
            continue
        if target.type.axes and target.type.axes[0].names and prediction.kind == "prediction":
            if beside := [axis for axis in target.type.axes[1:] if not axis.names <= program.graph.sizes.keys()]:
                raise NotCausal(f"'{target.name}' has '{beside[0]}' beside '{target.type.axes[0]}': a step has no size")
            return target, prediction
    raise NotCausal("no cost compares a sequence with its prediction")


def ancestors(program: Program, name: str) -> frozenset[str]:
    """Everything that a variable is computed from, itself included."""
    found, waiting = {name}, [name]
    while waiting:
        for wire in program.graph.into(waiting.pop()):
            if wire.source.owner not in found:
                found.add(wire.source.owner)
                waiting.append(wire.source.owner)
    return frozenset(found)
