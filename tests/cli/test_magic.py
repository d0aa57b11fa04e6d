"""The cell magic in a shell that only remembers what it is told."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

import archgraph
from archgraph.compiler.notebook import Picture
from tests.cli.command import FINE, WRONG

LEAK = """
archgraph: 1
variables:
  y: {kind: target, type: "tokens(8)[T]", start: 1}
  y_tilde: prediction
nodes:
  enc: {role: encoder, layers: [{embedding: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {heads: 1}}]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""


class Shell:
    def __init__(self) -> None:
        self.magics: dict[str, Any] = {}

    def register_magic_function(self, function: Any, magic_kind: str = "line", magic_name: str | None = None) -> None:
        self.magics[f"{magic_kind} {magic_name}"] = function


@pytest.fixture
def magic() -> Any:
    shell = Shell()
    archgraph.load_ipython_extension(shell)
    return shell.magics["cell archgraph"]


def test_cell_shows_its_picture(magic: Any) -> None:
    found = magic("", FINE)
    assert isinstance(found, Picture)
    assert found._repr_svg_().startswith("<svg")


def test_options_are_those_of_render(magic: Any) -> None:
    cell = FINE.replace("name: small", "params: {width: 8}").replace("linear: 2", "linear: width")
    assert "axes of encoder: 3" in magic("--set width=3 --shapes", cell).svg
    found = magic("--depth 1 --theme light --title 'My title' --equations", FINE)
    assert "<title>My title</title>" in found.svg and "encoder.linear" in found.svg
    assert 'fill="#ffffff"' in found.svg and 'data-kind="equation"' in found.svg


def test_faults_are_told_and_nothing_is_shown(magic: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert magic("", WRONG) is None
    assert "<cell>:7:19: error[AG010]: unknown role 'encodr'" in capsys.readouterr().err


def test_wrong_option_is_told(magic: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert magic("--depths 1", FINE) is None
    assert "No such option" in capsys.readouterr().err


def test_cell_of_one_line_is_a_text_and_no_path(magic: Any) -> None:
    assert magic("", "{archgraph: 1, name: tiny}").title == "Tiny"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--title 'abc", "the options end within a quotation or an escape: --title 'abc"),
        ("--title abc\\", "the options end within a quotation or an escape"),
        ("--theme blue", "'blue' is not one of dark, light, print, colourblind"),
        ("--depth 9", "'9' is not one of '0', '1', '2', '3'"),
        ("--highlight ''", "it names nothing"),
        ("--equations --equations-only", "two ways: give one"),
        ("--highlight leak", "nothing leaks here, so there is no leak to highlight"),
        ("--highlight nobody", "there is no 'nobody' to highlight"),
        ("-o picture.svg", "No such option"),
        ("here", "unexpected extra argument"),
        ("--title 日", "has no character U+65E5"),
    ],
)
def test_faults_of_the_line_are_told_and_there_is_no_picture(
    magic: Any, line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert magic(line, FINE) is None
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "AG101"),
        ("a: \x00", "AG112"),
        ("\tarchgraph: 1", "AG103"),
        ("[" * 100_000, "AG109"),
        ("- a\n", "AG102"),
        (f"{FINE}# \ud800", "AG112"),
        (FINE.replace("squared_error", "squared_eror"), "AG011"),
        (f"{FINE}{'# far too long' * 300_000}", "AG115"),
        (LEAK, "AG090"),
    ],
    ids=lambda text: text[:6],
)
def test_faults_of_the_cell_are_told_and_there_is_no_picture(
    magic: Any, cell: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert magic("", cell) is None
    assert f"error[{said}]" in capsys.readouterr().err


def test_help_is_told_and_shows_no_value(magic: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert magic("--help", FINE) is None
    assert "--theme NAME" in capsys.readouterr().out


def test_leak_is_shown_in_a_cell_too(magic: Any) -> None:
    found = magic("--highlight leak", LEAK)
    assert isinstance(found, Picture)
    assert found.svg != getattr(magic("", LEAK.replace("heads: 1", "heads: 1, causal: true")), "svg", "")


def test_hostile_texts_of_a_cell_are_no_markup(magic: Any) -> None:
    hostile = "</svg><script>alert(1)</script>]]>&amp;"
    found = magic("", FINE.replace("archgraph: 1\n", f"archgraph: 1\ntitle: '{hostile}'\n", 1))
    assert isinstance(found, Picture)
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(found._repr_svg_()).iter()}
    assert tags <= {"svg", "title", "desc", "metadata", "g", "path", "polyline", "rect", "circle"}
