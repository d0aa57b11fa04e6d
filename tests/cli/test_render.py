"""`archgraph render`: what its options change in the picture."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archgraph.cli.pictures import COLOURS
from archgraph.cli.render import COMMAND
from archgraph.draw.theme import THEMES
from tests.cli.command import FINE, Ran

Run = Callable[..., Ran]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(FINE, encoding="utf-8", newline="\n")
    return path


def rendered(spec: Path, *words: str, ending: str = "svg") -> tuple[Result, bytes]:
    output = spec.with_suffix(f".{ending}")
    result = CliRunner().invoke(COMMAND, [str(spec), "-o", str(output), *words])
    return result, output.read_bytes() if output.exists() else b""


@pytest.mark.parametrize(("depth", "shown"), [("0", False), ("1", True), ("2", True)])
def test_depth_opens_the_modules(spec: Path, depth: str, shown: bool) -> None:
    result, picture = rendered(spec, "--depth", depth)
    assert result.exit_code == 0, result.output
    assert (b'id="encoder.linear"' in picture) is shown


def test_shapes_write_the_axes_beside_the_wires(spec: Path) -> None:
    assert b"axes of encoder: 2" in rendered(spec, "--shapes")[1]
    assert b"axes of" not in rendered(spec)[1]


def test_unknown_depth_is_wrong_usage_and_lists_the_known(spec: Path) -> None:
    result, picture = rendered(spec, "--depth", "7")
    assert result.exit_code == 2
    assert "'7' is not one of '0', '1', '2'" in result.output
    assert picture == b""


def test_title_displaces_the_specs_own(spec: Path) -> None:
    assert b"<title>Mine</title>" in rendered(spec, "--title", "Mine")[1]


def test_transparent_leaves_the_ground_out(spec: Path) -> None:
    assert b'fill="#000000"/>' in rendered(spec)[1]
    assert b'fill="#000000"/>' not in rendered(spec, "--transparent")[1]


def test_legend_can_be_left_out(spec: Path) -> None:
    text = FINE.replace('type: "real[4]"', 'type: "real[4]", label: observation')
    spec.write_text(text, encoding="utf-8", newline="\n")
    assert b"legend--y" in rendered(spec)[1]
    assert b"legend--y" not in rendered(spec, "--no-legend")[1]


@pytest.mark.parametrize(("words", "wide"), [(("--width", "480"), 480), (("--dpi", "36"), 480), ((), 1920)])
def test_width_and_dpi_size_a_png(spec: Path, words: tuple[str, ...], wide: int) -> None:
    picture = rendered(spec, *words, ending="png")[1]
    assert struct.unpack(">I", picture[16:20]) == (wide,)


def test_equations_stand_under_the_picture_or_alone(spec: Path) -> None:
    with_picture, alone = rendered(spec, "--equations")[1], rendered(spec, "--equations-only")[1]
    assert b'data-kind="equation"' in with_picture and b'id="encoder"' in with_picture
    assert b'data-kind="equation"' in alone and b'id="encoder"' not in alone
    assert b'data-kind="equation"' not in rendered(spec)[1]


def test_equations_alone_are_latex_as_tex(spec: Path) -> None:
    assert b"\\begin{aligned}" in rendered(spec, "--equations-only", ending="tex")[1]
    assert b"\\begin{align*}" in rendered(spec, "--equations-only", "--snippet", ending="tex")[1]
    assert b"tikzpicture" not in rendered(spec, "--equations-only", ending="tex")[1]
    assert rendered(spec, "--equations-only", "--snippet", ending="tex")[1].startswith(b"\\providecolor")


@pytest.mark.parametrize(
    "words",
    [
        ("--width", "30"),
        ("--dpi", "144", "-o", "p.pdf"),
        ("--snippet", "-o", "p.png"),
        ("--equations", "--equations-only"),
        ("--highlight", " "),
    ],
)
def test_options_that_no_output_would_show_are_wrong_usage(
    run: Run, fine: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(fine.parent)
    ran = run("render", fine.name, *words)
    assert ran.status == 2 and words[0] in ran.err
    assert [path.name for path in fine.parent.iterdir()] == [fine.name]


def test_a_folder_that_is_not_there_is_named(run: Run, fine: Path) -> None:
    ran = run("render", str(fine), "-o", str(fine.parent / "absent" / "p.svg"))
    assert ran.status == 2 and "there is no folder '" in ran.err and "absent'" in ran.err


def test_a_format_whose_library_is_missing_is_refused_before_anything_is_drawn(
    run: Run, fine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)
    ran = run("render", str(fine), "-o", str(fine.with_suffix(".svg")), "-o", str(fine.with_suffix(".pptx")))
    assert ran.status == 1 and "pip install 'archgraph-compiler[slides]'" in ran.err
    assert [path.name for path in fine.parent.iterdir()] == [fine.name]


def test_help_names_every_theme(run: Run) -> None:
    assert {name.strip(",. ") for name in COLOURS.replace(" or ", ", ").split(",")} == set(THEMES)
    assert COLOURS.split()[0] in run("render", "--help").out
