from __future__ import annotations

import io
import re
import xml.etree.ElementTree as Tree
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import Options, Scene, built, draw, extract, write_pages
from archgraph.draw.scene import Group, Line
from archgraph.graph.module import Graph
from archgraph.graph.staging import Callout, Staging
from tests.draw.audit import audit
from tests.draw.graphs import ALL, RNN, TRANSFORMER, TWO_HEADS
from tests.draw.slides import parts
from tests.draw.writers.test_tikz import compiled

STORY = Path(__file__).parents[3] / "specs" / "story"


def frames(subject: Graph, **look: object) -> tuple[Scene, ...]:
    return built(draw(subject, **look), subject, **look)


def ids(scene: Scene) -> list[str]:
    return [item.id for item in scene.items]


def test_each_frame_holds_the_one_before_and_nothing_moves() -> None:
    for subject in ALL.values():
        scenes = frames(subject)
        for one, other in pairwise(scenes):
            assert [item for item in other.items if item in one.items] == list(one.items)
            assert len(other.items) > len(one.items)


def test_the_last_frame_is_the_whole_picture() -> None:
    for name, subject in ALL.items():
        for depth in (0, 1) if name in ("transformer", "rnn") else (0,):
            assert frames(subject, depth=depth)[-1].items == draw(subject, depth=depth).items


def test_a_wire_comes_when_both_of_its_ends_are_there() -> None:
    for scene in frames(RNN):
        there = set(ids(scene))
        wires = [
            line for item in scene.items if isinstance(item, Group) for line in item.items if isinstance(line, Line)
        ]
        assert all({wire.source, wire.target} <= there for wire in wires)


def test_a_line_of_the_legend_comes_with_its_variable() -> None:
    for scene in frames(TRANSFORMER):
        there = ids(scene)
        for name in ("x", "y", "y_tilde"):
            assert (f"legend--{name}" in there) is (name in there)
        assert "title--" in there


def test_a_dot_comes_when_wires_part_at_it() -> None:
    for scene in frames(TWO_HEADS):
        assert ("h-fork-1" in ids(scene)) is ({"decoder_y", "decoder_t"} <= set(ids(scene)))


def test_opened_modules_come_as_a_whole() -> None:
    subject = program(STORY / "transformer.yaml").graph
    scenes = frames(subject, depth=1)
    before, after = ids(scenes[1]), ids(scenes[2])
    new = [id for id in after if id not in before]
    assert "encoder.repeat" in new
    assert all(id.startswith("encoder") or id.startswith("x-encoder") for id in new)


def test_each_callout_is_a_frame_at_the_end() -> None:
    staging = Staging(callouts=(Callout(("h",), "one"), Callout(("decoder",), "two")))
    scenes = frames(replace(TRANSFORMER, staging=staging))
    shown = [[id for id in ids(scene) if id.startswith("callout")] for scene in scenes]
    assert shown[-3:] == [[], ["callout--1"], ["callout--1", "callout--2"]]


def test_the_steps_of_the_author_are_the_frames() -> None:
    subject = replace(TRANSFORMER, staging=Staging(builds=(("x", "y"), ("encoder", "enc"))))
    first, second = frames(subject)
    assert {"x", "y", "predictor"} <= set(ids(first))
    assert {"encoder", "enc"} <= set(ids(second)) - set(ids(first))


def test_a_frame_says_what_it_adds() -> None:
    assert frames(TRANSFORMER)[3].description.startswith(
        "Frame 4 of 9 adds encoder enc, delay of y by one step. Transformer:"
    )


def test_every_frame_is_sound() -> None:
    for scene in frames(TRANSFORMER):
        assert audit(write_pages((scene,), "svg")[0]) == []


def test_a_format_without_pages_gives_a_file_for_each_frame() -> None:
    for suffix in ("svg", "png"):
        assert len(write_pages(frames(TRANSFORMER), suffix)) == 9


@pytest.mark.parametrize("suffix", ["svg", "pdf", "pptx", "tex"])
def test_the_same_frames_give_the_same_bytes(suffix: str) -> None:
    assert write_pages(frames(TRANSFORMER), suffix) == write_pages(frames(TRANSFORMER), suffix)


def test_a_pdf_has_a_page_for_each_frame_and_keeps_the_spec() -> None:
    (data,) = write_pages(frames(TRANSFORMER), "pdf", Options(spec="archgraph: 1\n"))
    assert b"/Count 9 >>" in data
    assert len(re.findall(rb"/Type /Page /Parent 2 0 R /MediaBox \[0 0 960 540\]", data)) == 9
    kids = re.search(rb"/Kids \[([^\]]*)\]", data)
    assert kids is not None
    for number in re.findall(rb"(\d+) 0 R", kids[1]):
        assert re.search(rb"\n%s 0 obj\n<< /Type /Page " % number, data)
    assert extract(data, "pdf") == "archgraph: 1\n"


def test_the_table_of_a_pdf_says_where_each_object_begins() -> None:
    (data,) = write_pages(frames(TRANSFORMER), "pdf")
    start = int(re.findall(rb"startxref\n(\d+)", data)[0])
    offsets = [int(found) for found in re.findall(rb"(\d{10}) 00000 n", data[start:])]
    for number, offset in enumerate(offsets, 1):
        assert data[offset:].startswith(b"%d 0 obj" % number)


def test_a_presentation_has_a_slide_for_each_frame() -> None:
    (data,) = write_pages(frames(TRANSFORMER), "pptx")
    slides = sorted(name for name in parts(data) if re.fullmatch(r"ppt/slides/slide\d+\.xml", name))
    assert len(slides) == 9
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        shapes = [len(list(Tree.fromstring(file.read(f"ppt/slides/slide{n}.xml")).iter())) for n in range(1, 10)]
    assert shapes == sorted(shapes)
    assert len(set(shapes)) == 9


def test_tikz_is_one_frame_of_beamer_with_overlays() -> None:
    text = write_pages(frames(TRANSFORMER), "tex")[0].decode("utf-8")
    assert r"\documentclass{beamer}" in text
    assert sorted({int(found) for found in re.findall(r"\\only<(\d+)->", text)}) == list(range(2, 10))


def test_a_snippet_of_overlays_is_no_document() -> None:
    text = write_pages(frames(TRANSFORMER), "tex", Options(snippet=True))[0].decode("utf-8")
    assert r"\documentclass" not in text
    assert r"\only<9->" in text


@pytest.mark.tex
def test_overlays_compile_to_a_page_each(tmp_path: Path) -> None:
    assert b"(9 pages," in compiled(write_pages(frames(TRANSFORMER), "tex")[0].decode("utf-8"), tmp_path)
