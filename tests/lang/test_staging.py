from __future__ import annotations

from pathlib import Path

import pytest

from archgraph.compiler import check, program, resolved, schema
from archgraph.core.examples import AUTOENCODER
from archgraph.graph.staging import Callout, Staging

PICTURE = """
layout: {y: [10, 0], encoder: [2.5, -1]}
callouts: [{around: [encoder, y], caption: "the  first half"}, {around: decoder, caption: rest}]
builds: [y, [encoder, decoder]]
"""


def staging(text: str) -> Staging:
    return program(text).graph.staging


def test_reads_pins_callouts_and_steps() -> None:
    found = staging(AUTOENCODER + PICTURE)
    assert found.pins == {"y": (10.0, 0.0), "encoder": (2.5, -1.0)}
    assert found.callouts == (Callout(("encoder", "y"), "the first half"), Callout(("decoder",), "rest"))
    assert found.builds == (("y",), ("encoder", "decoder"))


def test_a_spec_without_them_says_nothing_of_its_picture() -> None:
    assert staging(AUTOENCODER) == Staging()
    assert staging(AUTOENCODER + "layout:\ncallouts: []\nbuilds:\n") == Staging()


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    (tmp_path / "parent.yaml").write_text(AUTOENCODER + PICTURE, encoding="utf-8", newline="\n")
    return tmp_path


def child(folder: Path, text: str) -> Staging:
    path = folder / "child.yaml"
    path.write_text("archgraph: 1\nextends: parent.yaml\n" + text, encoding="utf-8", newline="\n")
    return staging(str(path))


def test_a_child_merges_pins_and_replaces_lists(parent: Path) -> None:
    found = child(parent, "layout: {y: null, encoder: [3, 0], decoder: [6, 0]}\nbuilds: [decoder]\n")
    assert found.pins == {"encoder": (3.0, 0.0), "decoder": (6.0, 0.0)}
    assert found.builds == (("decoder",),)
    assert len(found.callouts) == 2


def test_what_a_child_removes_is_gone_from_the_picture(parent: Path) -> None:
    swap = "nodes: {decoder: null, head: {role: decoder, layers: [{linear: 8}]}}\nedges: [encoder -> head -> y_tilde]\n"
    found = child(parent, swap)
    assert found.callouts == (Callout(("encoder", "y"), "the first half"),)
    assert found.builds == (("y",), ("encoder",))


def test_a_name_of_the_parent_that_is_not_there_is_still_an_error(parent: Path) -> None:
    (parent / "child.yaml").write_text("archgraph: 1\nextends: parent.yaml\nbuilds: [nobody]\n", encoding="utf-8")
    assert [item.code for item in check(str(parent / "child.yaml"))] == ["AG200"]


def test_a_misspelt_name_is_mended() -> None:
    (item,) = check(AUTOENCODER + "builds: [decodr]\n")
    assert item.hint == "did you mean 'decoder'?"
    assert [edit.text for edit in item.fixes] == ["decoder"]


def test_the_resolved_text_keeps_them() -> None:
    assert staging(resolved(AUTOENCODER + PICTURE)) == staging(AUTOENCODER + PICTURE)


def test_the_schema_knows_the_sections() -> None:
    found = schema()
    assert found["properties"]["callouts"] == {"$ref": "#/$defs/callouts"}
    assert found["$defs"]["callouts"]["items"]["required"] == ["around", "caption"]
    assert found["$defs"]["layout"]["additionalProperties"]["anyOf"][0]["minItems"] == 2
