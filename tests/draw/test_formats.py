"""Every format alike: the same bytes whatever the seed of hashing, and hostile words that stay words."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw import Options, draw, formats, write
from archgraph.graph.module import Graph
from tests.draw.graphs import TRANSFORMER
from tests.draw.slides import A, P, parts, slide

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "story" / "transformer.yaml"
DIGESTS = """
import hashlib
from archgraph.draw import Options, draw, formats, write
from tests.draw.graphs import INTERLEAVED
for suffix in formats():
    print(suffix, hashlib.sha256(write(draw(INTERLEAVED), suffix, Options(spec="a: 1"))).hexdigest())
"""
HOSTILE = [
    "</a:t></a:r><p:pic/>",
    '"/><a:hlinkClick r:id="rId1"/>',
    "&lt;a&gt; ]]>",
    "javascript:alert(1)",
    "=cmd|' /C'",
]


def digests(seed: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS], env=environment, cwd=ROOT, capture_output=True, check=True, text=True
    )
    return done.stdout


def test_same_graph_gives_same_bytes_in_every_format_whatever_the_seed() -> None:
    one, other = digests("1"), digests("2")
    assert [line.split()[0] for line in one.splitlines()] == list(formats())
    assert one == other


def test_known_formats_are_all_there() -> None:
    assert list(formats()) == ["dot", "html", "mmd", "pdf", "png", "pptx", "svg", "tex"]


def labelled(label: str) -> Graph:
    variables = {name: one._replace(label=label) for name, one in TRANSFORMER.variables.items()}
    nodes = {name: one._replace(label=label) for name, one in TRANSFORMER.nodes.items()}
    return replace(TRANSFORMER, title=label, variables=variables, nodes=nodes)


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_are_plain_text_on_a_slide(label: str) -> None:
    pptx = write(draw(labelled(label)), "pptx", Options(spec=label))
    root = slide(pptx)
    names = {element.tag for element in root.iter()}
    benign = slide(write(draw(labelled("benign words on two lines")), "pptx"))
    assert names <= {element.tag for element in benign.iter()}
    assert not [element for element in root.iter() if "hlink" in element.tag]
    title = next(shape for shape in root.iter(f"{P}sp") if shape.find(f".//{P}ph") is not None)
    assert "".join(run.text or "" for run in title.iter(f"{A}t")) == label
    assert not [name for name, part in parts(pptx).items() if name.endswith(".rels") and b"External" in part]


@pytest.mark.parametrize("suffix", formats())
@pytest.mark.parametrize("depth", [1, 2])
def test_opened_modules_are_written_in_every_format(suffix: str, depth: int) -> None:
    scene = draw(program(SPEC).graph, depth=depth)
    shown = write(scene, suffix, Options(width=200))
    assert len(shown) > 1000
    if suffix == "pptx":
        assert len(list(slide(shown).iter(f"{P}sp"))) > 40


def test_drawing_needs_no_optional_library_but_for_slides() -> None:
    program_ = "import sys\nsys.modules['pptx'] = None\nsys.modules['lxml'] = None\n" + DIGESTS.replace(
        "formats():", "(name for name in formats() if name != 'pptx'):"
    )
    done = subprocess.run(
        [sys.executable, "-c", program_],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(formats()) - 1
