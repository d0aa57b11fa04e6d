"""The pieces of DrawingML (ECMA-376) that a slide of ours consists of, as text; coordinates in points."""

from __future__ import annotations

from dataclasses import dataclass

from archgraph.draw.letters.typeface import family
from archgraph.draw.paths import Box, Path, around, moved
from archgraph.draw.scene import Style, Words
from archgraph.draw.shapes import radius
from archgraph.draw.writers.elbow import Elbow
from archgraph.draw.writers.markup import escape

SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
# Carlito is made to take the same room as this font, which the programs that open slides have or replace by it.
FONT = "Calibri"
_POINT = 12_700
# How many times as long as their line is wide the heads of each size are.
_HEADS = {"sm": 2.0, "med": 3.0, "lg": 5.0}
_TAGS = {"M": "moveTo", "L": "lnTo", "Q": "quadBezTo", "C": "cubicBezTo", "Z": "close"}
# Of a turn of 90° clockwise.
_DOWN = 5_400_000
# The middles of the sides from the top, anticlockwise, and the directions in which connectors leave there.
_SITES = (("3cd4", "hc", "t"), ("cd2", "l", "vc"), ("cd4", "hc", "b"), ("0", "r", "vc"))
# Of the font, in em: how far a line reaches up and down from its baseline, and how far up its middle is.
_ASCENT, _DESCENT, _MIDDLE = 0.952, 0.269, 0.342
# In parts: the spacing of lines, and the room for a line, since a title is broken where another font needs more.
_SPARE = 1.3
_SPACING = 90_000


@dataclass(frozen=True)
class Glue:
    """The end of a connector: the number of a shape and of the site on it."""

    shape: int
    site: int


def emu(points: float) -> int:
    """Points in the unit of the format."""
    return round(points * _POINT)


def named(number: int, name: str, description: str = "") -> str:
    """The number, name and alternative text of anything on a slide."""
    told = f' descr="{escape(description)}"' if description else ""
    return f'<p:cNvPr id="{number}" name="{escape(name)}"{told}/>'


def frame(box: Box, *, turned: bool = False, across: bool = False, down: bool = False, group: bool = False) -> str:
    """Where something lies; a group's own coordinates are those of the page."""
    left, top = emu(box[0]), emu(box[1])
    width, height = emu(box[2]) - left, emu(box[3]) - top
    turns = f"{_said('rot', _DOWN, turned)}{_said('flipH', 1, across)}{_said('flipV', 1, down)}"
    inner = f'<a:chOff x="{left}" y="{top}"/><a:chExt cx="{width}" cy="{height}"/>' if group else ""
    return f'<a:xfrm{turns}><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/>{inner}</a:xfrm>'


def _said(name: str, value: int, told: bool) -> str:
    return f' {name}="{value}"' if told else ""


def solid(colour: str) -> str:
    """A fill of one colour, "none" for no fill."""
    return "<a:noFill/>" if colour == "none" else f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>'


def stroke(style: Style, *, head: float = 0.0) -> str:
    """The line around a shape, or of a wire with a head so many points long, 0 for none."""
    if style.stroke == "none":
        return "<a:ln><a:noFill/></a:ln>"
    pairs = zip(style.dash[::2], style.dash[1::2], strict=False)
    parts = "".join(f'<a:ds d="{_part(on, style)}" sp="{_part(off, style)}"/>' for on, off in pairs)
    dash = f"<a:custDash>{parts}</a:custDash>" if parts else ""
    tail = f'<a:tailEnd type="stealth" w="{_size(head, style)}" len="{_size(head, style)}"/>' if head else ""
    return f'<a:ln w="{emu(style.width)}">{solid(style.stroke)}{dash}<a:miter lim="800000"/>{tail}</a:ln>'


def _size(head: float, style: Style) -> str:
    """The size of heads nearest to a length; they grow with their lines, of which programs take 2 points at least."""
    wanted = head / max(style.width, 2.0)
    return min(_HEADS, key=lambda size: abs(_HEADS[size] - wanted))


def _part(length: float, style: Style) -> int:
    return round(length / style.width * 100_000)


def preset(name: str, bend: int | None = None, *, guide: str = "adj1") -> str:
    """One of the format's own shapes; `bend` places the middle stretch of a connector, or tells the round corners."""
    guide = "" if bend is None else f'<a:gd name="{guide}" fmla="val {bend}"/>'
    return f'<a:prstGeom prst="{name}"><a:avLst>{guide}</a:avLst></a:prstGeom>'


def roundness(outline: Path, box: Box) -> int:
    """How round the corners of a rounded rectangle are: parts of its shorter side, in 100,000ths."""
    return round(radius(outline, box) / min(box[2] - box[0], box[3] - box[1]) * 100_000)


def freeform(outline: Path, box: Box) -> str:
    """A shape of our own in its box; connectors hold it at the middles of its sides."""
    local = moved(outline, -box[0], -box[1])
    size = f'w="{emu(box[2] - box[0])}" h="{emu(box[3] - box[1])}"'
    steps = "".join(f"<a:{_TAGS[letter]}>{_points(numbers)}</a:{_TAGS[letter]}>" for letter, numbers in local)
    sites = "".join(f'<a:cxn ang="{angle}"><a:pos x="{x}" y="{y}"/></a:cxn>' for angle, x, y in _SITES)
    return (
        f'<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst>{sites}</a:cxnLst><a:rect l="l" t="t" r="r" b="b"/>'
        f"<a:pathLst><a:path {size}>{steps}</a:path></a:pathLst></a:custGeom>"
    )


def _points(numbers: tuple[float, ...]) -> str:
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return "".join(f'<a:pt x="{emu(x)}" y="{emu(y)}"/>' for x, y in pairs)


def body(lines: tuple[Words, ...], box: Box) -> str:
    """Lines of words centred where they stand in the scene, which may be off the middle of their shape."""
    if not lines:
        return "<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr/></a:p></p:txBody>"
    ink = around((x, y) for line in lines for x, y in (line.box[:2], line.box[2:]))
    middle = (lines[0].origin[1] + lines[-1].origin[1]) / 2 - _MIDDLE * lines[0].size
    across, down = (ink[0] + ink[2] - box[0] - box[2]), 2 * middle - box[1] - box[3]
    insets = (max(across, 0.0), max(down, 0.0), max(-across, 0.0), max(-down, 0.0))
    return _text(lines, insets, "ctr")


def label(line: Words) -> tuple[Box, str]:
    """A line of words that stands alone, from its left end: its box and its text."""
    left, base = line.origin
    room = max(line.box[2] - left, 1.0) * _SPARE
    box = (left, base - _ASCENT * line.size, left + room, base + _DESCENT * line.size)
    return box, _text((line,), (0.0, 0.0, 0.0, 0.0), "l")


def _text(lines: tuple[Words, ...], insets: tuple[float, ...], side: str) -> str:
    left, top, right, bottom = map(emu, insets)
    room = f'lIns="{left}" tIns="{top}" rIns="{right}" bIns="{bottom}"'
    spacing = f'<a:lnSpc><a:spcPct val="{_SPACING}"/></a:lnSpc>' if len(lines) > 1 else ""
    before = '<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
    paragraphs = "".join(
        f'<a:p><a:pPr marL="0" indent="0" algn="{side}">{spacing}{before}</a:pPr>{_run(line)}</a:p>' for line in lines
    )
    return (
        f'<p:txBody><a:bodyPr wrap="none" {room} anchor="ctr"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{paragraphs}</p:txBody>"
    )


def _run(line: Words) -> str:
    name = escape(family(line.font)) if line.font else FONT
    face = f'<a:latin typeface="{name}"/><a:cs typeface="{name}"/>'
    look = f'<a:rPr lang="en-US" sz="{round(line.size * 100)}" b="0" noProof="1">{solid(line.colour)}{face}</a:rPr>'
    return f"<a:r>{look}<a:t>{escape(line.text)}</a:t></a:r>"


def connector(way: Elbow, style: Style, *, head: float) -> str:
    """The look of a connector."""
    place = frame(way.box, turned=way.turned, across=way.flip_across, down=way.flip_down)
    return f"<p:spPr>{place}{preset(way.preset, way.bend)}{stroke(style, head=head)}</p:spPr>"


def glued(start: Glue | None, end: Glue | None) -> str:
    """What a connector holds on to."""
    first = f'<a:stCxn id="{start.shape}" idx="{start.site}"/>' if start else ""
    last = f'<a:endCxn id="{end.shape}" idx="{end.site}"/>' if end else ""
    return f"<p:cNvCxnSpPr>{first}{last}</p:cNvCxnSpPr>"
