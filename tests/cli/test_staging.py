"""`archgraph render`: use, time, direction, a way, and the steps of a build."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import archgraph
from archgraph.cli.render import COMMAND
from tests.cli.command import FINE

ROOT = Path(__file__).parents[2]
RNN = ROOT / "specs" / "story" / "rnn.yaml"
LEAK = ROOT / "tests" / "bad" / "time_full_attention_after_delay.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "small.yaml").write_text(FINE, encoding="utf-8", newline="\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(*words: str) -> Result:
    return CliRunner().invoke(COMMAND, list(words))


def test_builds_are_numbered_files_called_after_the_output(folder: Path) -> None:
    result = ran("small.yaml", "--builds", "talk", "-o", "one.svg")
    assert result.output.split() == [f"talk/one-{number}.svg" for number in range(1, 6)]
    assert all((folder / name).is_file() for name in result.output.split())


def test_without_an_output_they_are_svg_called_after_the_spec(folder: Path) -> None:
    assert ran("small.yaml", "--builds", "talk").output.split()[0] == "talk/small-1.svg"
    assert len(list((folder / "talk").iterdir())) == 5


def test_many_frames_are_numbered_so_that_they_sort(folder: Path) -> None:
    nodes = "".join(f"  n{index}: {{op: {{linear: 2}}}}\n" for index in range(9))
    chain = " -> ".join(["x", *(f"n{index}" for index in range(9)), "h"])
    variables = '  x: {kind: input, type: "real[2]"}\n  h: hidden\n'
    text = f'archgraph: 1\nvariables:\n{variables}nodes:\n{nodes}edges: ["{chain}"]\n'
    (folder / "long.yaml").write_text(text, encoding="utf-8", newline="\n")
    names = ran("long.yaml", "--builds", ".").output.split()
    assert names == sorted(names)
    assert names[0] == "long-01.svg"


@pytest.mark.parametrize("ending", ["pdf", "pptx", "tex"])
def test_a_format_with_pages_is_one_file(folder: Path, ending: str) -> None:
    assert ran("small.yaml", "--builds", "talk", "-o", f"talk.{ending}").output.split() == [f"talk/talk.{ending}"]


def test_the_frames_take_the_name_of_the_output_alone(folder: Path) -> None:
    result = ran("small.yaml", "--builds", "talk", "-o", "other/one.svg")
    assert result.exit_code == 2
    assert "the frames go to that of --builds" in result.output


def test_a_folder_that_cannot_be_made_is_said(folder: Path) -> None:
    (folder / "talk").write_text("", encoding="utf-8")
    assert ran("small.yaml", "--builds", "talk").exit_code == 2


def test_equations_alone_are_not_built_up(folder: Path) -> None:
    result = ran("small.yaml", "--builds", "talk", "--equations-only")
    assert "equations alone are not built up" in result.output


def test_unroll_draws_the_steps(folder: Path) -> None:
    assert ran(str(RNN), "--unroll", "2").exit_code == 0
    text = (folder / "rnn.svg").read_text(encoding="utf-8")
    assert 'id="h--2"' in text
    assert 'id="h--3"' not in text


def test_a_use_that_is_not_possible_says_why(folder: Path) -> None:
    result = ran("small.yaml", "--use", "generate")
    assert result.exit_code == 1
    assert "this cannot be drawn: 'y_tilde' cannot be generated" in result.output


def test_a_leak_is_drawn_though_check_refuses_the_spec(folder: Path) -> None:
    result = ran(str(LEAK), "--highlight", "leak", "-o", "leak.svg")
    assert result.output == "leak.svg\n"
    assert "Highlighted: target y" in (folder / "leak.svg").read_text(encoding="utf-8")


def test_python_returns_the_files_that_were_written(folder: Path) -> None:
    assert archgraph.render("small.yaml", "a.svg") == (Path("a.svg"),)
    assert archgraph.render("small.yaml", "a.pdf", builds="talk") == (Path("talk/a.pdf"),)
