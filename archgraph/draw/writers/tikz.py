"""TikZ: a document, or a snippet to read into one's own, set in the fonts of the document.

Every kind has a style and a colour of its own, such as `archgraph/encoder` and `archgraph-encoder`. They are only
defined where the document has not defined them, so that one line before the picture restyles a kind. Words and
symbols with characters that not every LaTeX can set are drawn as outlines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archgraph.draw.paths import Path, Point
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Style, Symbol, Words
from archgraph.draw.shapes import radius
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers import tex
from archgraph.draw.writers.curves import cubics

_HEAD = r"""% Drawn by archgraph. To restyle a kind, say so before this picture, for example:
%   \definecolor{archgraph-encoder}{HTML}{FF8800}
%   \tikzset{archgraph/encoder/.style={draw=archgraph-encoder, line width=4bp}}
"""
_PREAMBLE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\usepackage[paperwidth=%(width)sbp,paperheight=%(height)sbp,margin=0bp]{geometry}
\usepackage{amsmath,amssymb,textcomp}
\usepackage{tikz}
\pagestyle{empty}
\setlength{\parindent}{0bp}\setlength{\topskip}{0bp}
\addtolength{\textheight}{1in}
\begin{document}%%
"""
_NEEDED = r"""% Needs \usepackage{amsmath,amssymb,textcomp,tikz}.
"""
_BEAMER = r"""\documentclass{beamer}
\usepackage[utf8]{inputenc}
\geometry{paperwidth=%(width)sbp,paperheight=%(height)sbp}
\usepackage{amsmath,amssymb,textcomp}
\usepackage{tikz}
\setbeamertemplate{navigation symbols}{}
\setbeamersize{text margin left=0bp,text margin right=0bp}
\usefonttheme[onlymath]{serif}
"""
_FRAME = r"""\begin{document}
\begin{frame}[plain,s]
\nointerlineskip\noindent%
"""
_CLOSING = "\\end{frame}\n\\end{document}\n"
_OVERLAID = r"""% To read into a frame of Beamer; needs \usepackage{amsmath,amssymb,textcomp,tikz}.
"""
_MACROS = r"""\providecommand\archgraphstyle[2]{%
  \pgfkeysifdefined{/tikz/archgraph/#1/.@cmd}{}{\tikzset{archgraph/#1/.style={#2}}}}
\archgraphstyle{words}{inner sep=0bp,outer sep=0bp,font=\fontsize{10}{12}\sffamily\selectfont}
\archgraphstyle{symbol}{inner sep=0bp,outer sep=0bp,font=\fontsize{10}{12}\selectfont}
"""
# Of the type that is scaled: its 10 points of TeX in points of the scene.
_TYPE = 10 * 72 / 72.27
# The sans of LaTeX is wider than ours, and axes stand close to the wires that they are of.
_AXES = 0.88
_NAME = re.compile(r"[A-Za-z0-9_-]+")


def write(scene: Scene, options: Options) -> bytes:
    """The scene as LaTeX in UTF-8."""
    width, height = _number(scene.width), _number(scene.height)
    pen = _Pen(dict(_styles(scene)), _ink(scene))
    lines = [*pen.definitions(), *_ground(scene, options)]
    lines.extend(line for item in scene.items for line in pen.item(item, None))
    lines.append(r"\end{tikzpicture}%")
    text = _MACROS + "\n".join(lines) + "\n"
    if options.snippet:
        return (_HEAD + _NEEDED + text).encode("utf-8")
    opening = _PREAMBLE % {"width": width, "height": height}
    return (_HEAD + opening + text + "\\end{document}\n").encode("utf-8")


def pages(scenes: Sequence[Scene], options: Options) -> bytes:
    """The scenes of a build, each holding those before it, as one Beamer frame with overlays."""
    whole = scenes[-1]
    first = {id(item): number for number, scene in reversed([*enumerate(scenes, 1)]) for item in scene.items}
    width, height = _number(whole.width), _number(whole.height)
    pen = _Pen(dict(_styles(whole)), _ink(whole))
    lines = _ground(whole, options)
    for item in whole.items:
        drawn = pen.item(item, None)
        since = first[id(item)]
        lines.extend(drawn if since == 1 else [rf"\only<{since}->{{%", *drawn, "}"])
    lines.append(r"\end{tikzpicture}%")
    # Beamer reads a frame as an argument, in which nothing can be defined that takes some itself.
    named, text = _MACROS + "\n".join(pen.definitions()) + "\n", "\n".join(lines) + "\n"
    if options.snippet:
        return (_HEAD + _OVERLAID + named + text).encode("utf-8")
    opening = _BEAMER % {"width": width, "height": height}
    return (_HEAD + opening + named + _FRAME + text + _CLOSING).encode("utf-8")


def _ink(scene: Scene) -> str:
    return next((item.colour for item in scene.walk() if isinstance(item, Words)), "#000000")


def _ground(scene: Scene, options: Options) -> list[str]:
    """The beginning of the picture: its size, and its ground unless that is left out."""
    width, height = _number(scene.width), _number(scene.height)
    lines = [r"\begin{tikzpicture}[x=1bp,y=-1bp]", rf"\useasboundingbox (0,0) rectangle ({width},{height});"]
    if not options.transparent:
        lines.append(rf"\definecolor{{archgraph-ground}}{{HTML}}{{{_hex(scene.background)}}}")
        lines.append(rf"\fill[archgraph-ground] (0,0) rectangle ({width},{height});")
    return lines


def _styles(scene: Scene) -> Iterator[tuple[str, Style]]:
    """Each named style as it occurs first, in the order of the names."""
    found: dict[str, Style] = {}
    for item in scene.walk():
        if isinstance(item, (Shape, Line)) and _NAME.fullmatch(item.style.name):
            found.setdefault(item.style.name, item.style)
    return iter(sorted(found.items()))


@dataclass(frozen=True)
class _Pen:
    """Writes items; `styles` are the named ones, `ink` is the colour of words."""

    styles: dict[str, Style]
    ink: str

    def definitions(self) -> list[str]:
        """The colours and styles of all names."""
        lines = [rf"\providecolor{{archgraph-text}}{{HTML}}{{{_hex(self.ink)}}}"]
        for name, style in self.styles.items():
            colour = style.fill if style.stroke == "none" else style.stroke
            lines.append(rf"\providecolor{{archgraph-{name}}}{{HTML}}{{{_hex(colour)}}}")
            lines.append(rf"\archgraphstyle{{{name}}}{{{','.join(_looks(style, f'archgraph-{name}'))}}}")
        return lines

    def item(self, item: Item, kind: str | None) -> list[str]:
        """An item; `kind` names the style of the shape in the same group."""
        if isinstance(item, Group):
            return self.group(item)
        if isinstance(item, Shape):
            return [rf"\path[{self.look(item.style)}] {_form(item)};"]
        if isinstance(item, Line):
            return self.line(item)
        return self.text(item, kind)

    def group(self, group: Group) -> list[str]:
        """The items of a group, and a coordinate at its centre to draw more by."""
        kind = next((item.style.name for item in group.items if isinstance(item, Shape)), None)
        lines = [line for item in group.items for line in self.item(item, kind or group.kind)]
        shape = next((item for item in group.items if isinstance(item, Shape)), None)
        if shape and _NAME.fullmatch(group.id) and group.kind != "wire":
            left, top, right, bottom = shape.box
            lines.append(rf"\coordinate (archgraph-{group.id}) at {_point(((left + right) / 2, (top + bottom) / 2))};")
        return lines

    def line(self, line: Line) -> list[str]:
        """A wire and its head."""
        way = " -- ".join(map(_point, line.points))
        head = [rf"\fill[{self.colour(line.style)}] {_traced(line.head)};"] if line.head else []
        return [rf"\path[{self.look(line.style)}] {way};", *head]

    def look(self, style: Style) -> str:
        """The options of a path: the name of its style, and where it differs from that, how."""
        named = self.styles.get(style.name)
        if named is None:
            return ",".join(_looks(style, ""))
        colour = f"archgraph-{style.name}"
        usual = _looks(named, colour)
        return ",".join([f"archgraph/{style.name}", *(each for each in _looks(style, colour) if each not in usual)])

    def colour(self, style: Style) -> str:
        """The name of a stroke's colour."""
        return f"archgraph-{style.name}" if style.name in self.styles else _mixed(style.stroke)

    def text(self, item: Words | Symbol, kind: str | None) -> list[str]:
        """Words or a symbol as TeX, or as an outline."""
        said = tex.escape(item.text) if isinstance(item, Words) else tex.maths(item.tex)
        colour = "archgraph-text" if item.colour == self.ink else self.named(kind, item.colour)
        if said is None:
            return [rf"\fill[{colour}] {_traced(item.outline)};"]
        scale = _number(item.size / _TYPE * (_AXES if kind == "axes" else 1.0))
        if isinstance(item, Symbol):
            middle = ((item.box[0] + item.box[2]) / 2, (item.box[1] + item.box[3]) / 2)
            return [rf"\node[archgraph/symbol,text={colour},scale={scale}] at {_point(middle)} {{${said}$}};"]
        anchor, start = "base", ((item.box[0] + item.box[2]) / 2, item.origin[1])
        if kind in ("title", "legend"):
            anchor, start = "base west", item.origin
        return [rf"\node[archgraph/words,anchor={anchor},text={colour},scale={scale}] at {_point(start)} {{{said}}};"]

    def named(self, kind: str | None, colour: str) -> str:
        """The name of a colour: that of the kind, else of the first kind that has it."""
        names = [kind, *self.styles]
        found = next((name for name in names if name in self.styles and self.styles[name].stroke == colour), None)
        return f"archgraph-{found}" if found else _mixed(colour)


def _looks(style: Style, colour: str) -> list[str]:
    """The options of TikZ for a style, its stroke (or its fill, without one) in a named colour."""
    looks = []
    if style.stroke != "none":
        looks += [f"draw={colour or _mixed(style.stroke)}", f"line width={_number(style.width)}bp"]
    if style.fill != "none":
        looks.append(f"fill={colour if colour and style.stroke == 'none' else _mixed(style.fill)}")
    if style.dash:
        pairs = zip(style.dash[::2], style.dash[1::2], strict=False)
        looks.append("dash pattern=" + " ".join(f"on {_number(on)}bp off {_number(off)}bp" for on, off in pairs))
    return looks


def _form(shape: Shape) -> str:
    left, top, right, bottom = shape.box
    if shape.kind == "circle":
        centre = _point(((left + right) / 2, (top + bottom) / 2))
        return f"{centre} circle[radius={_number((right - left) / 2)}bp]"
    if shape.kind in ("rect", "rounded"):
        bend = _number(radius(shape.outline, shape.box)) if shape.kind == "rounded" else ""
        corners = f"[rounded corners={bend}bp] " if bend else ""
        return f"{_point((left, top))} {corners}rectangle {_point((right, bottom))}"
    return _traced(shape.outline)


def _traced(outline: Path) -> str:
    parts = []
    for letter, numbers in cubics(outline):
        corners = [_point((numbers[at], numbers[at + 1])) for at in range(0, len(numbers), 2)]
        if letter == "C":
            parts.append(f".. controls {corners[0]} and {corners[1]} .. {corners[2]}")
        else:
            parts.append({"M": "", "L": "-- ", "Z": "-- cycle"}[letter] + "".join(corners))
    return " ".join(parts)


def _mixed(colour: str) -> str:
    """A colour without a name: xcolor's way to give its parts."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _hex(colour: str) -> str:
    return colour[1:].upper()


def _point(point: Point) -> str:
    return f"({_number(point[0])},{_number(point[1])})"


def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


WRITER = Writer("tex", write, pages=pages)
