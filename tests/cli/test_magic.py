"""The cell magic in a shell that only remembers what it is told."""

from __future__ import annotations

from typing import Any

import pytest

import archgraph
from archgraph.compiler.notebook import Picture
from tests.cli.command import FINE, WRONG


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
