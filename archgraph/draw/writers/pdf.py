"""PDF: one page of vectors of exactly the scene's size; words and symbols are outlines, so it has no fonts.

Written by hand (ISO 32000-1), because a page of paths needs seven objects, and because libraries for it put a font
that is not embedded on every page, which publishers refuse. The spec travels along as an attached file, which
readers list and save.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from archgraph.draw.paths import Path
from archgraph.draw.scene import Group, Item, Line, Scene, Shape, Style
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers.curves import cubics

ATTACHED = "spec.yaml"
_STREAM = re.compile(rb"/Type /EmbeddedFile /Subtype /text#2Fyaml /Length (\d+) >>\r?\nstream\r?\n")
_OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}
# A date that is always the same, so that the file is too.
_DATE = "(D:20000101000000Z)"


def write(scene: Scene, options: Options) -> bytes:
    """The scene as a PDF file of one page."""
    return pages((scene,), options)


def pages(scenes: Sequence[Scene], options: Options) -> bytes:
    """The scenes as the pages of a PDF file."""
    first, *more = scenes
    # The first page and the spec have fixed numbers; pages after the first come last, two objects each.
    last = 7 if options.spec else 5
    kids = ["3 0 R", *(f"{last + 1 + 2 * index} 0 R" for index in range(len(more)))]
    attached = f" /Names << /EmbeddedFiles << /Names [{_text(ATTACHED)} 7 0 R] >> >>" if options.spec else ""
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /DisplayDocTitle true >>{attached} >>".encode(),
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode(),
        *_page(first, options, 4),
        _info(first),
    ]
    if options.spec:
        objects.append(_stream("/Type /EmbeddedFile /Subtype /text#2Fyaml", options.spec.encode("utf-8")))
        name = _text(ATTACHED)
        objects.append(f"<< /Type /Filespec /F {name} /UF {name} /EF << /F 6 0 R >> >>".encode())
    for scene in more:
        objects.extend(_page(scene, options, len(objects) + 2))
    return _file(objects)


def _page(scene: Scene, options: Options, contents: int) -> tuple[bytes, bytes]:
    """A page, and what is on it under the number `contents`."""
    size = f"[0 0 {_number(scene.width)} {_number(scene.height)}]"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox {size} /Resources << >> /Contents {contents} 0 R >>"
    data = zlib.compress("\n".join(_content(scene, options)).encode("ascii"), 9)
    return page.encode(), _stream("/Filter /FlateDecode", data)


def _file(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, with the table that says where each begins; 1 is the root, 5 the information."""
    parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = sum(map(len, parts))
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts.extend(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start))
    return b"".join(parts)


def _stream(entries: str, data: bytes) -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries.encode("ascii"), len(data), data)


def _info(scene: Scene) -> bytes:
    said = f"/Title {_text(scene.title)} /Subject {_text(scene.description)} /Creator {_text('archgraph')}"
    return f"<< {said} /CreationDate {_DATE} /ModDate {_DATE} >>".encode("ascii")


def _text(text: str) -> str:
    """A text in hexadecimal UTF-16, in which no character can end it."""
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"


def _content(scene: Scene, options: Options) -> list[str]:
    """The page in PDF's drawing language; its y points up, the scene's down."""
    lines = [f"1 0 0 -1 0 {_number(scene.height)} cm"]
    if not options.transparent:
        lines.append(f"{_colour(scene.background)} rg 0 0 {_number(scene.width)} {_number(scene.height)} re f")
    for item in scene.walk():
        lines.extend(_item(item))
    return lines


def _item(item: Item) -> list[str]:
    if isinstance(item, Group):
        return []
    if isinstance(item, Shape):
        return _traced(item.outline, item.style)
    if isinstance(item, Line):
        first, *rest = item.points
        wire = _traced((("M", first), *(("L", point) for point in rest)), item.style)
        return wire + _traced(item.head, Style(fill=item.style.stroke))
    return _traced(item.outline, Style(fill=item.colour))


def _traced(outline: Path, style: Style) -> list[str]:
    """An outline, filled and stroked as its style says."""
    stroked, filled = style.stroke != "none", style.fill != "none"
    if not outline or not (stroked or filled):
        return []
    lines = []
    if filled:
        lines.append(f"{_colour(style.fill)} rg")
    if stroked:
        dash = " ".join(map(_number, style.dash))
        lines.append(f"{_colour(style.stroke)} RG {_number(style.width)} w [{dash}] 0 d")
    for letter, numbers in cubics(outline):
        lines.append(" ".join([*map(_number, numbers), _OPERATORS[letter]]))
    return [*lines, "B" if stroked and filled else "S" if stroked else "f"]


def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _colour(colour: str) -> str:
    return " ".join(_number(int(colour[index : index + 2], 16) / 255) for index in (1, 3, 5))


def extract(data: bytes) -> str:
    """The spec inside a file that `write` made, "" for none."""
    found = _STREAM.search(data)
    return data[found.end() : found.end() + int(found[1])].decode("utf-8", "replace") if found else ""


WRITER = Writer("pdf", write, extract, pages)
