"""The pages of `explain`: every fault has a story, a bad spec that raises it and nothing else, and a good one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from archgraph.check.objective import need_objective
from archgraph.compiler import check, emit, faults
from archgraph.compiler.pages import HOMES
from archgraph.core import limits
from archgraph.core.diagnostic import Collector, Fault, SpecError

FAULTS = faults()
MORE_FILES = {"AG063": {"layers.yaml": "archgraph: 1\nblocks: {mlp: {layers: [relu]}}\n"}}
ELSEWHERE = {"AG024", "AG110", "AG115", "AG118"}  # raised by what no single spec can show, in tests of their own


def _codes(text: str, folder: Path, more: dict[str, str]) -> list[str]:
    """The codes that a spec gives when it is checked; when it has no fault, emitted and trained."""
    for name, content in {"bad.yaml": text, **more}.items():
        (folder / name).write_text(content, encoding="utf-8", newline="\n")
    report = check(folder / "bad.yaml")
    if report.diagnostics or report.program is None:
        return [item.code for item in report.diagnostics]
    into = Collector()
    need_objective(report.program, into)
    try:
        emit(folder / "bad.yaml")
    except SpecError as error:
        return [item.code for item in error.diagnostics]
    return [item.code for item in into]


@pytest.mark.parametrize("code", [code for code in FAULTS if code not in ELSEWHERE])
def test_the_bad_spec_of_a_fault_has_it_alone(code: str, tmp_path: Path) -> None:
    assert _codes(FAULTS[code].bad, tmp_path, MORE_FILES.get(code, {})) == [code]


@pytest.mark.parametrize("code", FAULTS)
def test_the_good_spec_of_a_fault_has_none(code: str, tmp_path: Path) -> None:
    assert code not in _codes(FAULTS[code].good, tmp_path, MORE_FILES.get(code, {}))
    assert check(tmp_path / "bad.yaml").diagnostics == ()


@pytest.mark.parametrize("code", FAULTS)
def test_every_fault_tells_what_why_and_what_to_do(code: str) -> None:
    fault = FAULTS[code]
    assert len(fault.story.split()) >= 25
    assert fault.bad and fault.good and fault.bad != fault.good
    assert max(map(len, fault.story.splitlines())) <= 120


def test_a_code_belongs_to_one_fault() -> None:
    seen: dict[str, Fault] = {}
    for home in HOMES:
        for info in walk_packages(import_module(home).__path__, f"{home}."):
            for value in vars(import_module(info.name)).values():
                if isinstance(value, Fault):
                    assert seen.setdefault(value.code, value) is value, value.code


def test_an_unknown_variant_is_refused() -> None:
    text = FAULTS["AG024"]
    assert [item.code for item in check(text.bad, variant="tiny").diagnostics] == ["AG024"]
    assert check(text.good, variant="tiny").ok


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODES", 20)
    assert [item.code for item in check(FAULTS["AG110"].bad).diagnostics] == ["AG110"]


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "BYTES", 100)
    (tmp_path / "large.yaml").write_text(FAULTS["AG115"].bad, encoding="utf-8")
    assert [item.code for item in check(tmp_path / "large.yaml").diagnostics] == ["AG115"]
    assert [item.code for item in check(FAULTS["AG115"].bad).diagnostics] == ["AG115"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert [item.code for item in check(tmp_path / "none.yaml").diagnostics] == ["AG118"]
