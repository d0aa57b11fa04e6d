"""PPTX: a slide of native shapes to go on editing; modules hold their words, wires hold on to what they join.

Words are text; symbols are outlines, since no two programs agree on mathematics. No pictures, no styles of the
template, fixed dates. The spec travels along as a part of the custom XML, which office programs keep.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from archgraph.draw.scene import Scene
from archgraph.draw.writer import Options, Writer
from archgraph.draw.writers import drawingml as xml
from archgraph.draw.writers import markup
from archgraph.draw.writers.extras import library
from archgraph.draw.writers.scaled import scaled
from archgraph.draw.writers.slidepen import Pen

# A slide can be 56 inches wide or high at most.
_LARGEST = 4032.0
_LAYOUT = "Title Only"
_SPEC = "/customXml/item1.xml"
_XML = re.compile(r"customXml/item\d+\.xml")
_LONGEST = 255
_LIMIT = 1 << 26
_DATE = datetime.datetime(2000, 1, 1)
_OLDEST = (1980, 1, 1, 0, 0, 0)


def write(scene: Scene, options: Options) -> bytes:
    """The scene as a presentation of one slide; a page beyond the format's largest is scaled down.

    Raises:
        PictureError: python-pptx is not installed.
    """
    return pages((scene,), options)


def pages(scenes: Sequence[Scene], options: Options) -> bytes:
    """The scenes, all of one size, as the slides of a presentation."""
    first = scenes[0]
    scale = min(1.0, _LARGEST / max(first.width, first.height))
    show = library("pptx", "pptx").Presentation()
    show.slide_width, show.slide_height = xml.emu(first.width * scale), xml.emu(first.height * scale)
    layout = _only_layout(show)
    for scene in scenes:
        _fill(show.slides.add_slide(layout).element, scaled(scene, scale), options)
    _drop(show)
    _tell(show.core_properties, first)
    if options.spec:
        _keep(show.part, options.spec)
    file = io.BytesIO()
    show.save(file)
    return _packed(file)


def _only_layout(show: Any) -> Any:
    """The layout that the slide has, after removing all others."""
    kept = next(layout for layout in show.slide_layouts if layout.name == _LAYOUT)
    for layout in list(show.slide_layouts):
        if layout is not kept:
            show.slide_layouts.remove(layout)
    return kept


def _drop(show: Any) -> None:
    """Leave out the picture and the printer's settings that come with the template."""
    package = show.part.package
    for rel in list(package.iter_rels()):
        if rel.reltype.endswith("/thumbnail"):
            package.drop_rel(rel.rId)
        elif rel.reltype.endswith("/printerSettings"):
            show.part.rels.pop(rel.rId)


def _tell(properties: Any, scene: Scene) -> None:
    """Fill in the properties of the document; each holds 255 characters at most."""
    properties.title, properties.subject = _plain(scene.title), _plain(scene.description)
    properties.author = properties.last_modified_by = "archgraph"
    properties.created = properties.modified = _DATE
    properties.revision = 1


def _plain(text: str) -> str:
    return markup.legal(text)[:_LONGEST]


def _keep(part: Any, spec: str) -> None:
    """Add the spec as a part of custom XML."""
    package = library("pptx.opc.package", "pptx")
    name = library("pptx.opc.packuri", "pptx").PackURI(_SPEC)
    document = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{markup.kept(spec)}'
    added = package.Part(name, "application/xml", part.package, document.encode("utf-8"))
    part.relate_to(added, library("pptx.opc.constants", "pptx").RELATIONSHIP_TYPE.CUSTOM_XML)


def _fill(slide: Any, scene: Scene, options: Options) -> None:
    """Put the scene on a slide, in place of what the layout brought."""
    pen = Pen.of(scene)
    parse = library("pptx.oxml", "pptx").parse_xml
    tree = slide.cSld.spTree
    for element in list(tree)[2:]:
        tree.remove(element)
    # One document for all of them: the parser is what takes time.
    inner = "".join(pen.item(item) for item in scene.items)
    for element in list(parse(f"<p:spTree {xml.SPACES}>{inner}</p:spTree>")):
        tree.append(element)
    if not options.transparent:
        ground = f"<p:bgPr>{xml.solid(scene.background)}<a:effectLst/></p:bgPr>"
        slide.cSld.insert(0, parse(f"<p:bg {xml.SPACES}>{ground}</p:bg>"))


def _packed(file: io.BytesIO) -> bytes:
    """The same archive with fixed dates, whatever the system."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _OLDEST)
            entry.create_system, entry.compress_type = 0, zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return packed.getvalue()


def extract(data: bytes) -> str:
    """The spec inside a presentation, "" for none; raises ValueError for what is no presentation."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            parts = [part for part in file.infolist() if _XML.fullmatch(part.filename) and part.file_size < _LIMIT]
            return next(filter(None, (markup.found(file.read(part)) for part in parts)), "")
    except zipfile.BadZipFile as fault:
        raise ValueError(f"this is no presentation: {str(fault).lower()}") from fault


WRITER = Writer("pptx", write, extract, pages, needs="pptx")
