"""The command that takes the spec out of a picture again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import archgraph
from tests.cli.command import FINE, Ran

Run = Callable[..., Ran]
KEEPING = ("html", "pdf", "pptx", "svg")


@pytest.mark.parametrize("ending", KEEPING)
def test_spec_taken_out_of_a_picture_gives_the_same_picture(run: Run, fine: Path, ending: str) -> None:
    first, spec, second = (fine.with_name(name) for name in (f"first.{ending}", "taken.yaml", f"second.{ending}"))
    assert run("render", str(fine), "-o", str(first)).status == 0
    assert run("extract", str(first), "-o", str(spec)).status == 0
    assert run("render", str(spec), "-o", str(second)).status == 0
    assert first.read_bytes() == second.read_bytes()


def test_what_is_kept_is_the_chosen_variant_and_params(run: Run, fine: Path) -> None:
    text = FINE.replace("variables:", "params: {d: 2}\nvariants: {large: {d: 8}}\nvariables:", 1)
    fine.write_text(text.replace("linear: 2", "linear: d"), encoding="utf-8")
    picture = fine.with_suffix(".svg")
    assert run("render", str(fine), "--variant", "large", "-o", str(picture)).status == 0
    taken = run("extract", str(picture)).out
    assert "d: 8" in taken
    assert archgraph.check(taken).ok


def test_picture_without_a_spec_is_an_error(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "drawn.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    ran = run("extract", str(path))
    assert (ran.status, ran.out) == (1, "")
    assert "keeps no spec" in ran.err


@pytest.mark.parametrize("name", ["broken.svg", "broken.pptx", "picture.png", "absent.svg"])
def test_what_can_hold_no_spec_is_wrong_usage(run: Run, tmp_path: Path, name: str) -> None:
    if not name.startswith("absent"):
        (tmp_path / name).write_bytes(b"\x00")
    ran = run("extract", str(tmp_path / name))
    assert ran.status == 2
    assert name in ran.err and "Traceback" not in ran.err
