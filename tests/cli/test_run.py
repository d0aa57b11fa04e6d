"""What a command line answers when something goes wrong, and what it imports to do so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from archgraph.cli import group
from archgraph.cli.options import number
from archgraph.train.errors import TrainError
from tests.cli.command import ROOT, Ran, process

Run = Callable[..., Ran]


def _raises(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    def fail() -> None:
        raise fault

    monkeypatch.setattr(group.Commands, "get_command", lambda *_: click.Command("fail", callback=fail))


def test_our_own_fault_shows_the_traceback_and_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _raises(monkeypatch, KeyError("lost"))
    ran = run("check")
    assert ran.status == 3
    assert "Traceback" in ran.err
    assert "fault of archgraph, not of your spec" in ran.err


def test_a_fault_of_the_data_shows_fact_and_hint(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _raises(monkeypatch, TrainError("a.tsv:3: one column", "give two"))
    assert run("train") == Ran(1, "", "error: a.tsv:3: one column\nhint: give two\n")


@pytest.mark.parametrize("package", ["torch", "lightning_fabric.fabric", "rich"])
def test_a_missing_extra_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    _raises(monkeypatch, ModuleNotFoundError("no", name=package))
    ran = run("train")
    assert ran.status == 2
    assert "pip install 'archgraph-compiler[train,torch]'" in ran.err
    assert "Traceback" not in ran.err


def test_a_missing_module_of_our_own_is_our_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _raises(monkeypatch, ModuleNotFoundError("no", name="archgraph.lost"))
    assert run("check").status == 3


def test_ctrl_c_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _raises(monkeypatch, KeyboardInterrupt())
    ran = run("check")
    assert (ran.status, ran.err.strip()) == (130, "interrupted")


def test_an_unknown_command_and_none_are_wrong_usage(run: Run) -> None:
    assert run("chekc").status == 2
    assert run().status == 2


def test_a_misspelt_command_is_told_the_nearest(run: Run) -> None:
    assert "Did you mean 'render'?" in run("rendr").err
    assert "Did you mean" not in run("zzz").err


def test_standard_input_is_given_once(run: Run) -> None:
    for words in (("check", "-", "-"), ("diff", "-", "-")):
        ran = run(*words)
        assert ran.status == 2 and "give '-' once" in ran.err


@pytest.mark.parametrize("words", [("train", "-", "--data", "x"), ("bench", "-"), ("diff", "-", "absent.yaml")])
def test_faults_of_standard_input_are_placed_there(words: tuple[str, ...]) -> None:
    ran = process(list(words), given=b"archgraph: 7\n")
    assert ran.status == 1 and ran.err.startswith("<stdin>:1:12: error[AG016]"), ran.err


def test_codes_and_specs_that_there_are_not_say_where_the_others_are_listed(run: Run) -> None:
    assert "did you mean AG090? `archgraph explain` lists them" in run("explain", "90").err
    assert "`archgraph explain` lists them" in run("explain", "AG999").err
    assert "there is no spec 'zzz': `archgraph new` lists them" in run("new", "zzz").err


@pytest.mark.parametrize(
    "words",
    [
        ("render", "--dpi", "nan", "-o", "p.png"),
        ("bench", "--seconds", "nan"),
        ("bench", "--seconds", "inf"),
        ("train", "--data", "x", "--seed", "-1"),
        ("train", "--data", "x", "--accelerator", "abacus"),
    ],
)
def test_numbers_and_words_out_of_range_are_wrong_usage(run: Run, fine: Path, words: tuple[str, ...]) -> None:
    ran = run(words[0], str(fine), *words[1:])
    assert ran.status == 2 and words[-2 if words[-1] != "p.png" else 1] in ran.err, ran.err


def test_help_lists_every_command(run: Run) -> None:
    ran = run("--help")
    assert ran.status == 0
    assert all(f"\n  {name} " in ran.out for name in group.NAMES)


def test_every_file_with_a_command_is_listed() -> None:
    files = (ROOT / "archgraph" / "cli").glob("*.py")
    texts = {path.stem.rstrip("_"): path.read_text(encoding="utf-8") for path in files}
    assert sorted(name for name, text in texts.items() if "\nCOMMAND = " in text) == sorted(group.NAMES)


def _modules(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return set(done.stdout.split())


HEAVY = {"torch", "networkx", "ziafont", "ziamath", "numpy", "resvg_py", "matplotlib", "lightning_fabric"}


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    assert not HEAVY & _modules("import archgraph.cli")


def test_help_loads_nothing_heavy() -> None:
    code = "import contextlib, io\nfrom archgraph.cli import main\n"
    code += "with contextlib.redirect_stdout(io.StringIO()): main(['train', '--help'])"
    assert not HEAVY & _modules(code)


def test_checking_loads_no_torch_and_no_drawing(tmp_path: Path) -> None:
    spec = ROOT / "specs" / "story" / "transformer.yaml"
    code = "import contextlib, io\nfrom archgraph.cli import main\n"
    code += f"with contextlib.redirect_stdout(io.StringIO()): assert main(['check', {str(spec)!r}]) == 0"
    assert not (HEAVY - {"networkx"}) & _modules(code)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("-3", -3),
        ("1e-4", 1e-4),
        ("0.5", 0.5),
        ("4 * width", "4 * width"),
        ("gelu", "gelu"),
        ("1_000", "1_000"),
        ("nan", "nan"),
        ("inf", "inf"),
        ("٣", "٣"),
    ],
)
def test_set_reads_numbers_as_a_spec_does(text: str, value: object) -> None:
    assert number(text) == value
    assert type(number(text)) is type(value)
