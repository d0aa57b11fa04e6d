"""`archgraph check`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import FINE, WRONG, Ran, process

Run = Callable[..., Ran]


def test_a_fine_spec_says_what_it_is(run: Run, fine: Path) -> None:
    ran = run("check", str(fine))
    assert (ran.status, ran.out) == (0, f"{fine.as_posix()}: fine: autoencoder\n")


def test_a_spec_with_errors_exits_1_with_position_caret_and_count(run: Run, wrong: Path) -> None:
    ran = run("check", str(wrong))
    assert ran.status == 1
    line = WRONG.splitlines().index("  encoder: {role: encodr, layers: [{linear: 2}]}") + 1
    assert f"{wrong.as_posix()}:{line}:19: error[" in ran.out
    assert "^^^^^^" in ran.out
    assert "did you mean 'encoder'?" in ran.out
    assert ran.out.endswith(f"{wrong.as_posix()}: 1 error\n")


def test_several_files_are_all_checked_and_one_bad_decides(run: Run, fine: Path, wrong: Path) -> None:
    ran = run("check", str(wrong), str(fine))
    assert ran.status == 1
    assert f"{fine.as_posix()}: fine: autoencoder" in ran.out


def test_no_file_is_wrong_usage(run: Run) -> None:
    assert run("check").status == 2


def test_a_missing_file_is_a_diagnostic(run: Run, tmp_path: Path) -> None:
    ran = run("check", str(tmp_path / "absent.yaml"))
    assert ran.status == 1
    assert "no such file" in ran.out
    assert "Traceback" not in ran.err


def test_json_holds_every_file_and_position(run: Run, fine: Path, wrong: Path) -> None:
    ran = run("check", "--format", "json", str(fine), str(wrong))
    good, bad = json.loads(ran.out)["files"]
    assert ran.status == 1
    assert good == {"file": fine.as_posix(), "ok": True, "classification": "autoencoder", "diagnostics": []}
    assert bad["ok"] is False and bad["classification"] is None
    (item,) = bad["diagnostics"]
    assert {"code", "severity", "message", "hint", "file", "line", "column", "fixes"} <= set(item)
    assert item["column"] == 19


def test_standard_input_is_read_for_a_dash() -> None:
    ran = process(["check", "-"], given=FINE.encode())
    assert (ran.status, ran.out) == (0, "<stdin>: fine: autoencoder\n")


@pytest.mark.parametrize("given", [FINE.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + FINE.encode()])
def test_carriage_returns_and_a_byte_order_mark_are_fine(run: Run, tmp_path: Path, given: bytes) -> None:
    path = tmp_path / "pasted.yaml"
    path.write_bytes(given)
    assert run("check", str(path)).status == 0


def test_positions_are_the_same_with_carriage_returns(run: Run, wrong: Path) -> None:
    plain = run("check", str(wrong)).out
    wrong.write_bytes(WRONG.replace("\n", "\r\n").encode())
    assert run("check", str(wrong)).out == plain


def test_a_console_without_the_characters_of_a_spec_gets_replacements(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(FINE.replace("role: encoder", "role: ỹ→ζ"), encoding="utf-8")
    ran = process(["check", "s.yaml"], cwd=tmp_path, encoding="cp1252")
    assert ran.status == 1
    assert "???" in ran.out
    assert "Traceback" not in ran.err


def test_a_pipe_gets_utf8(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(FINE.replace("role: encoder", "role: ỹ"), encoding="utf-8")
    assert "ỹ" in process(["check", "s.yaml"], cwd=tmp_path).out


def test_set_displaces_a_param_and_variant_chooses(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sized.yaml"
    text = FINE.replace("variables:", "params: {code: 2}\nvariants: {tiny: {code: 1}}\nvariables:")
    path.write_text(text.replace("linear: 2", "linear: code"), encoding="utf-8")
    assert run("check", str(path), "--variant", "tiny").status == 0
    assert run("check", str(path), "--set", "code=3").status == 0
    ran = run("check", str(path), "--set", "code=0")
    assert ran.status == 1
    assert "0" in ran.out


@pytest.mark.parametrize("word", ["code", "=3", "code=", "="])
def test_set_without_name_or_value_is_wrong_usage(run: Run, fine: Path, word: str) -> None:
    ran = run("check", str(fine), "--set", word)
    assert ran.status == 2
    assert "name=value" in ran.err
