"""The geometry audit of a written presentation: read back from its XML, then asked what the SVG is asked."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from collections import defaultdict
from collections.abc import Mapping

from archgraph.draw.letters import typeface
from tests.draw.audit import Box, Mark, Picture, Thing, Wire, checked, distance
from tests.draw.slides import POINT, A, Connector, P, connectors, parts, slide, solids

_TURN = re.compile(r"/\d+\Z")


def audit(pptx: bytes, kinds: Mapping[str, str]) -> list[str]:
    """Everything wrong with the geometry of a slide, one line each.

    Args:
        pptx: the file.
        kinds: what each group is, as the file does not say: "variable", "node", "container" and so on.
    """
    picture = read(pptx, kinds)
    return [*checked(picture), *_tips(picture)]


def read(pptx: bytes, kinds: Mapping[str, str]) -> Picture:
    """Parse a written slide."""
    root = slide(pptx)
    page = Tree.fromstring(parts(pptx)["ppt/presentation.xml"]).find(f"{P}sldSz")
    assert page is not None
    width, height = (int(page.attrib[key]) / POINT for key in ("cx", "cy"))
    outlines: dict[str, list[Mark]] = defaultdict(list)
    texts: dict[str, list[Mark]] = defaultdict(list)
    for element, solid in zip(root.iter(f"{P}sp"), solids(root), strict=True):
        owner, _, part = solid.name.rpartition("/")
        look = element.find(f"{P}spPr")
        assert look is not None
        texts[owner] += _lines(element, solid.box)
        painted = Mark(part, solid.box, _colour(look), _colour(look.find(f"{A}ln")), 99.0)
        if part in ("label", "symbol", "sign") and painted.fill != "none":
            texts[owner].append(painted)
        elif (painted.fill, painted.stroke) != ("none", "none") and owner in kinds:
            outlines[owner].append(painted)
    things = tuple(
        Thing(id, kinds[id], tuple(outlines[id]), tuple(texts[id])) for id in kinds if outlines[id] or texts[id]
    )
    return Picture(width, height, _colour(root.find(f".//{P}bgPr")), things, _wires(root))


def _colour(element: Tree.Element | None) -> str:
    """What an element is filled with itself."""
    found = None if element is None else element.find(f"{A}solidFill/{A}srgbClr")
    return "none" if found is None else f"#{found.attrib['val'].lower()}"


def _lines(element: Tree.Element, box: Box) -> list[Mark]:
    """The lines of a text, each as wide as its letters, about the middle that its insets leave."""
    runs = list(element.iter(f"{A}r"))
    about, paragraph = element.find(f".//{A}bodyPr"), element.find(f".//{A}pPr")
    if not runs or about is None or paragraph is None:
        return []
    left, top, right, bottom = (int(about.attrib[key]) / POINT for key in ("lIns", "tIns", "rIns", "bIns"))
    x, y = (box[0] + left + box[2] - right) / 2, (box[1] + top + box[3] - bottom) / 2
    found = []
    for index, run in enumerate(runs):
        look, text = run.find(f"{A}rPr"), run.findtext(f"{A}t") or ""
        assert look is not None
        size = int(look.attrib["sz"]) / 100
        across, middle = typeface.width(text, size), y + (index - (len(runs) - 1) / 2) * 1.08 * size
        start = box[0] if paragraph.attrib["algn"] == "l" else x - across / 2
        line = (start, middle - 0.35 * size, start + across, middle + 0.35 * size)
        found.append(Mark("words", line, _colour(look), "none", size))
    return found


def _wires(root: Tree.Element) -> tuple[Wire, ...]:
    """The connectors, those that make up one wire joined, with what their ends hold."""
    names = {solid.number: solid.name.partition("/")[0] for solid in solids(root)}
    chains: dict[str, list[Connector]] = defaultdict(list)
    for one in connectors(root):
        chains[_TURN.sub("", one.name)].append(one)
    found = []
    for name, pieces in chains.items():
        way = (pieces[0].points[0], *(point for piece in pieces for point in piece.points[1:]))
        source, target = (names[end[0]] if end else "" for end in (pieces[0].start, pieces[-1].end))
        found.append(Wire(name.rpartition("/")[0], source, target, way, way[-1]))
    return tuple(found)


def _tips(picture: Picture) -> list[str]:
    """Wires end at what they hold."""
    boxes = {thing.id: [mark.box for mark in thing.outlines] for thing in picture.things}
    return [
        f"{wire.id} does not reach {wire.target}"
        for wire in picture.wires
        if not any(distance(wire.tip, box) <= 3.0 for box in boxes.get(wire.target, []))
    ]
