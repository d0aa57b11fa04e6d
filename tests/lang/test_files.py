"""Specs of several files: what they bring in, and what they must not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archgraph.compiler import check, program
from archgraph.core import limits

SPEC = """archgraph: 1
include: %s
variables:
  x: {kind: input, type: "real[4]"}
  h: hidden
nodes:
  n: {use: act}
edges:
  - x -> n -> h
"""


def _write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "spec.yaml"


def _codes(path: Path) -> list[str]:
    return [item.code for item in check(path).diagnostics]


def test_include_brings_in_blocks(tmp_path: Path) -> None:
    path = _write(tmp_path, spec=SPEC % "[blocks.yaml]", blocks="blocks: {act: {layers: [relu]}}\n")
    assert program(path).graph.nodes["n"].block == "act"


def test_an_included_file_may_include_others_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    path = _write(tmp_path, spec=SPEC % "[below/a.yaml]")
    _write(tmp_path / "below", a="include: [b.yaml]\n", b="blocks: {act: {layers: [relu]}}\n")
    assert _codes(path) == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("[../outside.yaml]", "AG062"),
        ("[/etc/hostname]", "AG062"),
        ('["C:\\\\windows\\\\a.yaml"]', "AG062"),
        ('["https://somewhere/a.yaml"]', "AG062"),
        ("[none.yaml]", "AG060"),
        ("[.]", "AG060"),
        ("[spec.yaml]", "AG061"),
        ("[[a]]", "AG019"),
        ('[""]', "AG019"),
        ("[7]", "AG019"),
        ("blocks.yaml", "AG019"),
        ("{blocks: blocks.yaml}", "AG019"),
        ('["a\\0b.yaml"]', "AG060"),
    ],
)
def test_a_file_that_must_not_or_cannot_be_read_is_told(tmp_path: Path, written: str, code: str) -> None:
    assert _codes(_write(tmp_path, spec=SPEC % written)) == [code]


def test_a_link_that_leads_out_is_outside(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.yaml").write_text("blocks: {act: {layers: [relu]}}\n", encoding="utf-8")
    try:
        os.symlink(tmp_path / "secret.yaml", inside / "link.yaml")
    except OSError:
        pytest.skip("links cannot be made here")
    assert _codes(_write(inside, spec=SPEC % "[link.yaml]")) == ["AG062"]


def test_a_file_that_is_named_wrongly_is_told_at_its_place(tmp_path: Path) -> None:
    (item,) = check(_write(tmp_path, spec=SPEC % "[spec.yaml, 7]")).diagnostics
    assert item.code == "AG061"
    (item,) = check(_write(tmp_path, spec=SPEC % "[blocks.yaml, 7]", blocks="blocks: {}\n")).diagnostics
    assert item.span.text == "7"


def test_links_in_a_circle_cannot_be_read(tmp_path: Path) -> None:
    try:
        os.symlink(tmp_path / "loop.yaml", tmp_path / "loop.yaml")
    except OSError:
        pytest.skip("links cannot be made here")
    assert _codes(_write(tmp_path, spec=SPEC % "[loop.yaml]")) == ["AG060"]


def test_a_long_name_is_shown_in_short(tmp_path: Path) -> None:
    (item,) = check(_write(tmp_path, spec=SPEC % f"[{'a' * 5000}]")).diagnostics
    assert len(item.message) < 100


def test_a_circle_of_files_prints_its_chain(tmp_path: Path) -> None:
    path = _write(
        tmp_path, spec="archgraph: 1\nextends: a.yaml\n", a="archgraph: 1\nextends: b.yaml\n", b="extends: a.yaml\n"
    )
    (item,) = check(path).diagnostics
    assert item.message == "these files need each other: spec.yaml -> a.yaml -> b.yaml -> a.yaml"


def test_too_long_a_chain_of_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILES", 2)
    files = {"spec": "extends: a.yaml\n", "a": "extends: b.yaml\n", "b": "archgraph: 1\n"}
    assert _codes(_write(tmp_path, **files)) == ["AG060"]


def test_an_included_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path, spec=SPEC % "[blocks.yaml]", blocks="# " + "x" * 400 + "\n")
    monkeypatch.setattr(limits, "BYTES", 300)
    assert _codes(path) == ["AG115"]


def test_a_fault_of_the_text_of_an_included_file_is_told_there(tmp_path: Path) -> None:
    path = _write(tmp_path, spec=SPEC % "[blocks.yaml]", blocks="a: 1\na: 2\n")
    (item,) = check(path).diagnostics
    assert (item.code, item.span.source.name, item.span.line) == ("AG106", path.with_name("blocks.yaml").as_posix(), 2)


def test_another_file_is_named_from_where_the_spec_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _write(tmp_path, spec=SPEC % "[blocks.yaml]", blocks="a: 1\na: 2\n")
    monkeypatch.chdir(tmp_path.parent)
    (below,) = check(Path(tmp_path.name) / path.name).diagnostics
    monkeypatch.chdir(tmp_path)
    (beside,) = check(Path(path.name)).diagnostics
    assert (below.span.source.name, beside.span.source.name) == (f"{tmp_path.name}/blocks.yaml", "blocks.yaml")


def test_a_text_reads_below_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, blocks="blocks: {act: {layers: [relu]}}\n")
    monkeypatch.chdir(tmp_path)
    assert check(SPEC % "[blocks.yaml]").ok
    assert [i.code for i in check(SPEC % "[../blocks.yaml]").diagnostics] == ["AG062"]
