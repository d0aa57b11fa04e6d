"""A written presentation read back: boxes, texts and the ways of connectors, worked out from the XML alone."""

from __future__ import annotations

import io
import xml.etree.ElementTree as Tree
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
POINT = 12_700
Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Solid:
    """A shape: its number, name, preset form ("" for a freeform), box in points, and its text."""

    number: int
    name: str
    form: str
    box: Box
    text: str

    def site(self, number: int) -> Point:
        """A site by its number, from the top, anticlockwise; ellipses have one at each eighth."""
        left, top, right, bottom = self.box
        x, y = (left + right) / 2, (top + bottom) / 2
        sides = ((x, top), (left, y), (x, bottom), (right, y))
        assert self.form != "ellipse" or number % 2 == 0
        return sides[number // 2 if self.form == "ellipse" else number]


@dataclass(frozen=True)
class Connector:
    """A connector: the points that it runs through, and the numbers and sites of what its ends hold."""

    name: str
    points: tuple[Point, ...]
    start: tuple[int, int] | None
    end: tuple[int, int] | None


def parts(pptx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pptx)) as file:
        return {name: file.read(name) for name in file.namelist()}


def slide(pptx: bytes) -> Tree.Element:
    return Tree.fromstring(parts(pptx)["ppt/slides/slide1.xml"])


def solids(root: Tree.Element) -> list[Solid]:
    return [_solid(element) for element in root.iter(f"{P}sp")]


def connectors(root: Tree.Element) -> list[Connector]:
    return [_connector(element) for element in root.iter(f"{P}cxnSp")]


def _solid(element: Tree.Element) -> Solid:
    about = element.find(f".//{P}cNvPr")
    assert about is not None
    text = "".join(run.text or "" for run in element.iter(f"{A}t"))
    preset = element.find(f".//{A}prstGeom")
    form = "" if preset is None else preset.attrib["prst"]
    return Solid(int(about.attrib["id"]), about.attrib["name"], form, _box(element), text)


def _box(element: Tree.Element) -> Box:
    off, ext = element.find(f".//{A}off"), element.find(f".//{A}ext")
    assert off is not None
    assert ext is not None
    x, y = (int(off.attrib[key]) / POINT for key in ("x", "y"))
    width, height = (int(ext.attrib[key]) / POINT for key in ("cx", "cy"))
    assert width >= 0 <= height
    return x, y, x + width, y + height


def _connector(element: Tree.Element) -> Connector:
    about, form, place = (element.find(f".//{tag}") for tag in (f"{P}cNvPr", f"{A}prstGeom", f"{A}xfrm"))
    assert about is not None
    assert form is not None
    assert place is not None
    bend = element.find(f".//{A}gd")
    local = list(
        _preset(form.attrib["prst"], _box(element), int(bend.attrib["fmla"].split()[1]) if bend is not None else 0)
    )
    return Connector(
        about.attrib["name"],
        tuple(_placed(point, _box(element), place.attrib) for point in local),
        *(_held(element.find(f".//{A}{tag}")) for tag in ("stCxn", "endCxn")),
    )


def _held(element: Tree.Element | None) -> tuple[int, int] | None:
    return None if element is None else (int(element.attrib["id"]), int(element.attrib["idx"]))


def _preset(name: str, box: Box, bend: int) -> Iterator[Point]:
    """The paths of ECMA-376, presetShapeDefinitions."""
    left, top, right, bottom = box
    yield left, top
    if name == "bentConnector2":
        yield right, top
    elif name == "bentConnector3":
        middle = left + (right - left) * bend / 100_000
        yield middle, top
        yield middle, bottom
    else:
        assert name == "straightConnector1"
    yield right, bottom


def _placed(point: Point, box: Box, how: dict[str, str]) -> Point:
    """Flips first, then the turn, both about the middle of the box."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    dx, dy = point[0] - x, point[1] - y
    dx, dy = (-dx if how.get("flipH") == "1" else dx), (-dy if how.get("flipV") == "1" else dy)
    if how.get("rot") == "5400000":
        dx, dy = -dy, dx
    return x + dx, y + dy
