"""Types as written: `tokens(vocab)[T]`, `real[3, 224, 224]`, `class(10)[]`."""

from __future__ import annotations

import re

from archgraph.core.dims import Dim, Segment
from archgraph.core.expression import ExpressionError, names, parse
from archgraph.core.limits import SIZE
from archgraph.core.source import Scalar
from archgraph.core.suggest import hint
from archgraph.graph.types import ELEMENTS, TensorType
from archgraph.lang.faults import schema, values
from archgraph.lang.params import Environment, Refused

_TYPE = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\(([^()\[\]]*)\))?\s*\[([^\[\]]*)\]\s*\Z")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_CALLED = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*\(([^()]*)\)\s*\Z")
_COMMA = re.compile(r",(?![^(]*\))")  # those of max(a, b) are not between axes
_COUNTED = ("tokens", "class")


def parse_type(scalar: Scalar, env: Environment, *, computed: bool = False) -> TensorType:
    """The type that is written; raises Refused after recording why it cannot be read.

    That of a computed variable may have lengths that operations make, `real[ceil(T/2), width]`.
    """
    text = str(scalar.value)
    found = _TYPE.match(text)
    if not found:
        env.into.add(
            schema.TYPE,
            f"'{text}' is not a type",
            scalar.span,
            hint=_whole(text),
        )
        raise Refused
    element, classes, axes = found[1], found[2], found[3]
    if element not in ELEMENTS:
        env.into.add(schema.TYPE, f"unknown element '{element}'", scalar.span, hint=hint(element, ELEMENTS))
        raise Refused
    if (classes is not None) != (element in _COUNTED):
        needs = "needs a number of symbols" if element in _COUNTED else "takes no number of symbols"
        env.into.add(
            schema.TYPE,
            f"'{element}' {needs}",
            scalar.span,
            hint=_counted(element, axes),
        )
        raise Refused
    symbols = _size(classes, scalar, env, free=False) if classes is not None else None
    parts = _COMMA.split(axes) if axes.strip() else []
    return TensorType(element, tuple(_axis(part, scalar, env, computed=computed) for part in parts), symbols)


def _counted(element: str, axes: str) -> str:
    """How symbols are counted, or that numbers are not."""
    if element not in _COUNTED:
        return f"write {element}[...]"
    return f"write {element}({axes})[]" if axes.strip().isdigit() else f"write {element}(8000)[{axes}]"


def _whole(text: str) -> str:
    """What to write in place of what is no type, with its own words where they tell."""
    called = _CALLED.match(text)
    if called and called[1] == "class":
        return f'write "class({called[2].strip()})[]", or the axes of its positions between the brackets'
    if called and called[1] == "tokens":
        return f'write "tokens({called[2].strip()})[T]", T being the axis of its positions'
    if called and called[1] in ELEMENTS:
        return f'axes stand in square brackets: "{called[1]}[{called[2].strip()}]"'
    return 'write ELEMENT[axes], as "tokens(vocab)[T]" or "real[T, 32]"'


def _axis(text: str, scalar: Scalar, env: Environment, *, computed: bool) -> Dim:
    """A size, or segments one behind the other: `cls | T`, `registers(4) | cls | 196`."""
    *before, last = text.split("|")
    end = _size(last, scalar, env, free=True, computed=computed)
    if not before:
        return end
    return Dim.joined((*(_segment(part, scalar, env) for part in before), *end.parts))


def _segment(text: str, scalar: Scalar, env: Environment) -> Segment:
    """A segment by its name: of length 1, or of the length in brackets."""
    called = _CALLED.match(text)
    if called:
        return Segment(called[1], _size(called[2], scalar, env, free=True))
    if not _NAME.match(text.strip()):
        env.into.add(
            schema.TYPE,
            f"'{text.strip()}' names no segment",
            scalar.span,
            hint='a segment in front has a name, and its length in brackets unless it is 1: "registers(4) | cls | T"',
        )
        raise Refused
    return Segment(text.strip(), Dim.number(1))


def _size(text: str, scalar: Scalar, env: Environment, *, free: bool, computed: bool = False) -> Dim:
    """One axis: a bare name that is no param is a free axis, all else is arithmetic."""
    text = text.strip()
    if free and _NAME.match(text) and not env.knows(text):
        return Dim.name(text)
    shift = scalar.span.text.find(text) if text else 0
    part = Scalar(text, scalar.span.part(max(0, shift), max(0, shift) + max(1, len(text))))
    if free and not computed:
        _only_params(part, text, env)
    value = env.length(part, f"the axis '{text}'") if computed else env.whole(part, f"the axis '{text}'")
    if isinstance(value, int) and not 1 <= value <= SIZE:
        shown = str(value) if abs(value) < 10**40 else f"{str(value)[:37]}..."
        env.into.add(
            values.RANGE,
            f"the axis '{text}' is {shown}, outside 1 to {SIZE:,}",
            part.span,
            hint="give a size within",
        )
        raise Refused
    return value if isinstance(value, Dim) else Dim.number(value)


def _only_params(part: Scalar, text: str, env: Environment) -> None:
    try:
        free = [name.name for name in names(parse(text, lengths=True)) if not env.knows(name.name)]
    except ExpressionError:
        return
    if free:
        env.into.add(
            schema.TYPE,
            f"the axis '{text}' is arithmetic over '{free[0]}', which is a free axis",
            part.span,
            hint="an observed variable names its axes; operations make lengths from them",
        )
        raise Refused
