"""What `import archgraph` offers, and how what it returns reads."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

import archgraph
from archgraph.cli.group import commands

STORY = Path(__file__).parents[1] / "specs" / "story"
FAULTY = "archgraph: 1\nnodes:\n  a: {role: encodr, op: relu}\n"


def test_the_public_names_are_these() -> None:
    offered = {name for name in vars(archgraph) if not name.startswith("_")}
    modules = {name for name in offered if type(getattr(archgraph, name)).__name__ == "module"}
    assert set(archgraph.__all__) == {
        *("Report", "SpecError", "account", "check", "compile", "diff", "emit", "equations", "record", "render"),
        *("show", "summary", "warm_start"),
    }
    assert offered - modules - {"annotations", "load_ipython_extension", "TYPE_CHECKING"} == set(archgraph.__all__)


def test_a_diagnostic_tells_its_place() -> None:
    found = next(item for item in archgraph.check(FAULTY, name="faulty.yaml") if item.code == "AG010")
    assert (found.file, found.line, found.column) == ("faulty.yaml", 3, 13)
    assert str(found).splitlines()[0] == "faulty.yaml:3:13: error[AG010]: unknown role 'encodr'"


def test_a_report_reads_as_the_command_line_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    told = CliRunner().invoke(commands, ["check", str(path)]).output.splitlines()
    report = archgraph.check(path)
    assert str(report).splitlines()[:-1] == told[:-1]
    assert told[-1].endswith(f": {report.verdict}") and report.verdict.startswith(str(len(report)))
    assert str(archgraph.check(STORY / "language_model.yaml")) == "fine: language model"


def test_tables_and_differences_read_as_the_command_line_prints_them() -> None:
    before, after = STORY / "sequence_autoencoder.yaml", STORY / "language_model.yaml"
    told = CliRunner().invoke(commands, ["diff", str(before), str(after)]).output
    assert f"{archgraph.diff(before, after)}\n" == told
    told = CliRunner().invoke(commands, ["summary", str(STORY / "transformer.yaml")]).output
    assert f"{archgraph.summary(STORY / 'transformer.yaml')}\n" == told
