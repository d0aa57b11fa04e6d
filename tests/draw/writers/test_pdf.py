"""The PDF writer: one page of the right size, vectors only, and nothing a user writes ends a string."""

from __future__ import annotations

import re
import zlib

import pytest

from archgraph.draw import Options, draw, extract, write
from tests.draw.graphs import ALL, TRANSFORMER

STREAM = re.compile(rb"/Filter /FlateDecode /Length (\d+) >>\nstream\n")


def content(pdf: bytes) -> list[str]:
    found = STREAM.search(pdf)
    assert found is not None
    return zlib.decompress(pdf[found.end() : found.end() + int(found[1])]).decode("ascii").splitlines()


def objects(pdf: bytes) -> dict[int, bytes]:
    """What the table of offsets leads to, as a reader finds it."""
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", pdf)[0])
    offsets = re.findall(rb"(\d{10}) 00000 n ", pdf[start:])
    return {number: pdf[int(offset) :].split(b" obj\n")[0] for number, offset in enumerate(offsets, 1)}


def test_there_is_one_page_of_the_size_of_the_scene() -> None:
    pdf = write(draw(TRANSFORMER), "pdf")
    assert re.findall(rb"/MediaBox \[(.*?)\]", pdf) == [b"0 0 960 540"]
    assert pdf.count(b"/Type /Page ") == 1


@pytest.mark.parametrize("name", ALL)
def test_page_holds_paths_and_nothing_else(name: str) -> None:
    pdf = write(draw(ALL[name]), "pdf")
    assert {line.split()[-1] for line in content(pdf)} <= {"cm", "f", "rg", "d", "m", "l", "c", "h", "S", "B"}
    assert b"/Font" not in pdf
    assert b"/XObject" not in pdf


def test_every_offset_of_the_table_leads_to_its_object() -> None:
    for options in (Options(), Options(spec="archgraph: 1\n")):
        found = objects(write(draw(TRANSFORMER), "pdf", options))
        assert len(found) == (7 if options.spec else 5)
        assert all(text == b"%d 0" % number for number, text in found.items())


def test_everything_of_the_scene_is_painted() -> None:
    scene = draw(TRANSFORMER)
    lines = content(write(scene, "pdf"))
    painted = sum(1 for item in scene.walk() if hasattr(item, "outline"))
    wires = sum(2 for item in scene.walk() if hasattr(item, "head"))
    # The ground is painted by an f of its own, in a line that starts with its colour.
    assert sum(1 for line in lines if line in ("S", "B", "f")) == painted + wires


def test_transparent_page_has_no_ground() -> None:
    assert " re f" in content(write(draw(TRANSFORMER), "pdf"))[1]
    assert " re f" not in "".join(content(write(draw(TRANSFORMER), "pdf", Options(transparent=True))))


def test_title_is_text_of_any_kind_but_never_syntax() -> None:
    title = r") >> endobj (\ ζ"
    pdf = write(draw(TRANSFORMER)._replace(title=title), "pdf")
    found = re.findall(rb"/Title <FEFF([0-9A-F]*)>", pdf)
    assert bytes.fromhex(found[0].decode()).decode("utf-16-be") == title
    assert b") >> endobj" not in pdf


def test_spec_comes_out_as_it_went_in() -> None:
    spec = 'archgraph: 1\nname: "endstream endobj >> ζ"\n'
    assert extract(write(draw(TRANSFORMER), "pdf", Options(spec=spec)), "pdf") == spec
    assert extract(write(draw(TRANSFORMER), "pdf"), "pdf") == ""
