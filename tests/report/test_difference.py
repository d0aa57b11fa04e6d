"""What differs between two specs."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from archgraph import compiler
from archgraph.cli.group import commands

STORY = Path(__file__).parents[2] / "specs" / "story"
BEFORE, AFTER = STORY / "sequence_autoencoder.yaml", STORY / "language_model.yaml"


def test_a_language_model_is_a_delay_and_a_predictor_more() -> None:
    found = compiler.diff(BEFORE, AFTER)
    assert [thing for thing, _ in found.removed] == ["edge y -> encoder", "edge encoder -> h"]
    added = [thing for thing, _ in found.added]
    assert added[0] == "node predictor" and "edge y -[delay]-> encoder" in added
    assert all(thing.startswith(("node predictor", "edge ")) for thing in added)
    assert found.changed == ()


def test_what_changed_in_place_tells_both_values() -> None:
    text = BEFORE.read_text(encoding="utf-8")
    found = compiler.diff(text, text.replace("width: 128", "width: 64").replace("role: decoder", "role: projector"))
    told = {change.thing: change.facts for change in found.changed}
    assert told["node encoder.embedding"] == (("width", "128", "64"),)
    assert told["node decoder"] == (("role", "decoder", "projector"),)
    assert not found.added and not found.removed


def test_nothing_differs_from_itself() -> None:
    found = compiler.diff(BEFORE, BEFORE)
    assert not found
    assert str(found).endswith("no difference")


def test_specs_without_names_are_called_by_their_files(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(BEFORE.read_text(encoding="utf-8"), encoding="utf-8")
    text = CliRunner().invoke(commands, ["diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]).output
    assert [Path(part).name for part in text.splitlines()[0].split(" -> ")] == ["a.yaml", "b.yaml"], text


def test_the_command_prints_text_and_json() -> None:
    text = CliRunner().invoke(commands, ["diff", str(BEFORE), str(AFTER)]).output
    assert text.splitlines()[:2] == ["Sequence autoencoder -> Language model", "- edge y -> encoder"]
    plain = json.loads(CliRunner().invoke(commands, ["diff", str(BEFORE), str(AFTER), "--format", "json"]).output)
    assert plain["removed"][0] == {"thing": "edge y -> encoder"}
    assert plain["added"][0] == {"thing": "node predictor", "role": "predictor"}
