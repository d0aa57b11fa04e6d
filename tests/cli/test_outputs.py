"""The commands that print or write what a spec becomes: render, emit, summary, schema, explain."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import FINE, Ran, process

Run = Callable[..., Ran]
TAKING_A_SPEC = ("render", "emit", "summary")


@pytest.mark.parametrize("command", TAKING_A_SPEC)
def test_a_spec_with_errors_exits_1_without_a_traceback(run: Run, wrong: Path, command: str) -> None:
    ran = run(command, str(wrong))
    assert (ran.status, ran.out) == (1, "")
    assert "unknown role 'encodr'" in ran.err
    assert "Traceback" not in ran.err


def test_render_writes_a_picture_under_the_name_of_the_spec(
    run: Run, fine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fine.parent)
    ran = run("render", fine.name)
    assert (ran.status, ran.out) == (0, "fine.svg\n")
    assert b"<svg" in (fine.parent / "fine.svg").read_bytes()


def test_render_writes_every_format_that_is_asked_for(run: Run, fine: Path) -> None:
    svg, png = fine.with_suffix(".svg"), fine.with_suffix(".PNG")
    ran = run("render", str(fine), "-o", str(svg), "--output", str(png), "--theme", "light")
    assert ran.status == 0
    assert b"<svg" in svg.read_bytes()
    assert png.read_bytes().startswith(b"\x89PNG")


def test_render_writes_tikz_as_a_document_or_a_snippet(run: Run, fine: Path) -> None:
    path = fine.with_suffix(".tex")
    assert run("render", str(fine), "-o", str(path)).status == 0
    assert r"\documentclass" in path.read_text(encoding="utf-8")
    assert run("render", str(fine), "-o", str(path), "--snippet").status == 0
    assert r"\documentclass" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [("-o", "a.gif"), ("-o", "a"), ("--theme", "plaid")])
def test_render_lists_the_formats_and_themes_there_are(run: Run, fine: Path, words: tuple[str, str]) -> None:
    ran = run("render", str(fine), *words)
    assert ran.status == 2
    assert ".svg" in ran.err or "dark" in ran.err


def test_render_of_maths_that_there_is_not_is_an_error_of_the_spec(run: Run, fine: Path) -> None:
    text = FINE.replace("y_tilde: prediction", "y_tilde: {kind: prediction, math: '\\nonsense'}")
    fine.write_text(text, encoding="utf-8")
    ran = run("render", str(fine), "-o", str(fine.with_suffix(".svg")))
    assert ran.status == 1
    assert "nonsense" in ran.err and "Traceback" not in ran.err
    assert not fine.with_suffix(".svg").exists()


def test_render_into_no_folder_is_wrong_usage(run: Run, fine: Path) -> None:
    ran = run("render", str(fine), "-o", str(fine.parent / "absent" / "a.svg"))
    assert ran.status == 2
    assert "cannot write" in ran.err


def test_render_of_standard_input_needs_a_name(tmp_path: Path) -> None:
    assert process(["render", "-"], given=FINE.encode(), cwd=tmp_path).status == 2
    assert process(["render", "-", "-o", "a.svg", "-o", "b.svg"], given=FINE.encode(), cwd=tmp_path).status == 0
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_emit_prints_the_source_that_it_writes(run: Run, fine: Path) -> None:
    path = fine.with_suffix(".py")
    printed = run("emit", str(fine))
    assert run("emit", str(fine), "-o", str(path)).status == 0
    assert path.read_bytes() == printed.out.encode("utf-8")
    assert any(isinstance(node, ast.ClassDef) for node in ast.parse(printed.out).body)


def test_emit_into_no_folder_is_wrong_usage(run: Run, fine: Path) -> None:
    ran = run("emit", str(fine), "-o", str(fine.parent / "absent" / "a.py"))
    assert ran.status == 2
    assert "cannot write" in ran.err


def test_summary_prints_every_node_as_text_and_json(run: Run, fine: Path) -> None:
    text = run("summary", str(fine))
    assert text.status == 0
    assert all(name in text.out for name in ("encoder", "decoder", "C"))
    assert isinstance(json.loads(run("summary", str(fine), "--format", "json").out), dict)


def test_schema_is_json_that_knows_the_version(run: Run) -> None:
    schema = json.loads(run("schema").out)
    assert "archgraph" in schema["properties"]


def test_explain_lists_every_code_and_tells_its_story(run: Run) -> None:
    codes = [line.split()[0] for line in run("explain").out.splitlines()]
    assert len(codes) > 10 and codes == sorted(set(codes))
    page = run("explain", codes[0].lower())
    assert page.status == 0
    assert page.out.startswith(f"{codes[0]}: ")


def test_explain_of_no_code_is_wrong_usage(run: Run) -> None:
    ran = run("explain", "AG9999")
    assert ran.status == 2
    assert "is no code" in ran.err
