"""SVG of plain shapes: no `use`, no markers, no style sheets, so that it pastes into any drawing program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from archgraph.draw.paths import Path
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Style, Symbol, Words
from archgraph.draw.shapes import radius
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers.markup import escape, found, kept


def write(scene: Scene, options: Options) -> bytes:
    """The scene as an SVG document in UTF-8; sizes are points."""
    pen = _Pen(options.prefix)
    width, height = number(scene.width), number(scene.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(scene.title)}">',
        f"<title>{escape(scene.title)}</title>",
        f"<desc>{escape(scene.description)}</desc>",
    ]
    if options.spec:
        lines.append(f"<metadata>{kept(options.spec)}</metadata>")
    if not options.transparent:
        lines.append(f'<rect width="{width}" height="{height}" fill="{scene.background}"/>')
    lines.extend(line for item in scene.items for line in pen.item(item))
    return "\n".join([*lines, "</svg>", ""]).encode("utf-8")


def number(value: float) -> str:
    """A coordinate with at most two decimals and no trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@lru_cache(maxsize=1024)
def data(path: Path) -> str:
    """The path in SVG's own notation."""
    form = "".join([_FORMS[letter] for letter, _ in path])
    return _trimmed(form % tuple([value for _, numbers in path for value in numbers]))


_FORMS = {letter: letter + " ".join(["%.2f"] * count) for letter, count in zip("MLQCZ", (2, 2, 4, 6, 0), strict=True)}
_SHORT = (("-0.00", "0"), (".00", ""), *((f".{digit}0", f".{digit}") for digit in range(1, 10)))


def _trimmed(text: str) -> str:
    """What `number` makes of two decimals, for many numbers at once."""
    for written, short in _SHORT:
        text = text.replace(written, short)
    return text


@dataclass(frozen=True)
class _Pen:
    """Writes items; `prefix` keeps the ids of two pictures on one page apart."""

    prefix: str

    def item(self, item: Item) -> list[str]:
        """The lines of an item."""
        if isinstance(item, Group):
            return self.group(item)
        if isinstance(item, Shape):
            return [self.shape(item)]
        if isinstance(item, Line):
            return self.line(item)
        return [self.glyphs(item)]

    def group(self, group: Group) -> list[str]:
        """A group with its id and its accessible name."""
        name = escape(group.name)
        id = escape(self.prefix + group.id)
        opening = f'<g id="{id}" data-kind="{group.kind}" role="img" aria-label="{name}">'
        inner = [line for item in group.items for line in self.item(item)]
        return [opening, f"<title>{name}</title>", *inner, "</g>"]

    def shape(self, shape: Shape) -> str:
        """A shape, as the plain element that it is where there is one."""
        left, top, right, bottom = shape.box
        paint = f'data-shape="{shape.kind}" {_paint(shape.style)}'
        if shape.kind == "circle":
            x, y, reach = (left + right) / 2, (top + bottom) / 2, (right - left) / 2
            return f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(reach)}" {paint}/>'
        if shape.kind in ("rect", "rounded"):
            bend = f' rx="{number(radius(shape.outline, shape.box))}"' if shape.kind == "rounded" else ""
            size = f'width="{number(right - left)}" height="{number(bottom - top)}"{bend}'
            return f'<rect x="{number(left)}" y="{number(top)}" {size} {paint}/>'
        return f'<path d="{data(shape.outline)}" {paint}/>'

    def line(self, line: Line) -> list[str]:
        """A wire and its head."""
        corners = _trimmed(" ".join([f"{x:.2f},{y:.2f}" for x, y in line.points]))
        ends = f'data-from="{escape(line.source)}" data-to="{escape(line.target)}"'
        wire = f'<polyline points="{corners}" {_paint(line.style)} {ends}/>'
        head = f'<path d="{data(line.head)}" fill="{line.style.stroke}" data-shape="head"/>'
        return [wire, head] if line.head else [wire]

    def glyphs(self, text: Words | Symbol) -> str:
        """Words or a symbol as outlines."""
        said = text.text if isinstance(text, Words) else text.tex
        kind = "words" if isinstance(text, Words) else "symbol"
        size = number(text.size)
        return (
            f'<path d="{data(text.outline)}" fill="{text.colour}" data-shape="{kind}" data-size="{size}" '
            f'aria-label="{escape(said)}"/>'
        )


def _paint(style: Style) -> str:
    parts = [f'fill="{style.fill}"']
    if style.stroke != "none":
        parts.append(f'stroke="{style.stroke}" stroke-width="{number(style.width)}"')
    if style.dash:
        parts.append(f'stroke-dasharray="{" ".join(number(value) for value in style.dash)}"')
    return " ".join(parts)


WRITER = Writer("svg", write, found)
