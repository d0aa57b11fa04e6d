"""`archgraph new`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archgraph.cli.library import family, library
from tests.cli.command import Ran, process

Run = Callable[..., Ran]


def test_lists_the_specs_with_what_each_teaches(run: Run) -> None:
    ran = run("new")
    assert ran.status == 0
    assert "language_model" in ran.out and "Delay the target" in ran.out


def test_every_shipped_spec_says_what_it_teaches() -> None:
    assert library()
    assert [spec.name for spec in library().values() if not spec.teaches] == []


def test_writes_the_spec_with_its_parents_byte_for_byte(run: Run, tmp_path: Path) -> None:
    ran = run("new", "language_model", str(tmp_path / "mine"))
    names = {"language_model.yaml", "sequence_autoencoder.yaml"}
    assert ran.status == 0
    assert {path.name for path in (tmp_path / "mine").iterdir()} == names
    for path in family(library()["language_model"]):
        assert (tmp_path / "mine" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["language_model.yaml", "sequence_autoencoder.yaml"])
def test_overwrites_nothing_and_then_writes_nothing(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine\n", encoding="utf-8")
    ran = run("new", "language_model", str(tmp_path))
    assert ran.status == 2
    assert "not overwritten" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine\n"


def test_a_parent_from_an_earlier_new_is_kept(run: Run, tmp_path: Path) -> None:
    assert run("new", "sequence_autoencoder", str(tmp_path)).status == 0
    ran = run("new", "language_model", str(tmp_path))
    assert ran.status == 0
    assert ran.out.splitlines() == [(tmp_path / "language_model.yaml").as_posix()]


def test_an_unknown_name_gets_the_nearest(run: Run) -> None:
    ran = run("new", "transfomer")
    assert ran.status == 2
    assert "did you mean 'transformer'?" in ran.err


def test_a_folder_that_cannot_be_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = run("new", "autoencoder", str(tmp_path / "file"))
    assert ran.status == 2
    assert "cannot write" in ran.err


def test_what_new_writes_checks(tmp_path: Path) -> None:
    assert process(["new", "language_model"], cwd=tmp_path).status == 0
    ran = process(["check", "language_model.yaml"], cwd=tmp_path)
    assert (ran.status, ran.out) == (0, "language_model.yaml: fine: language model\n")
