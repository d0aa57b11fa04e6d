"""Pictures as files: written whole or not at all, with the spec inside where the format keeps it."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

import archgraph
from archgraph.draw import extract
from tests.cli.command import FINE


def test_stream_is_drawn_with_its_spec_inside(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    archgraph.render(io.StringIO(FINE), path)
    assert archgraph.check(extract(path.read_bytes(), "svg")).ok


def test_faults_of_a_stream_are_named_after_it(tmp_path: Path) -> None:
    stream = io.BytesIO(FINE.replace("squared_error", "squared_eror").encode())
    with pytest.raises(archgraph.SpecError, match=r"<stream>:\d+:\d+: error\[AG011\]"):
        archgraph.render(stream, tmp_path / "a.svg")
    stream = io.BytesIO(stream.getvalue())
    stream.name = "spec.yaml"
    with pytest.raises(archgraph.SpecError, match=r"spec.yaml:\d+:\d+: error\[AG011\]"):
        archgraph.render(stream, tmp_path / "a.svg")


def test_options_of_the_look_and_of_the_file_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    archgraph.render(FINE, path, theme="light", transparent=True, title="Mine")
    text = path.read_text(encoding="utf-8")
    assert "<title>Mine</title>" in text
    assert '<rect width="960"' not in text


def test_unknown_option_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="colour"):
        archgraph.render(FINE, tmp_path / "a.svg", colour="red")
    assert not list(tmp_path.iterdir())


def test_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.svg"
    path.write_bytes(b"old")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        archgraph.render(FINE, path)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.svg"]


def test_folder_in_the_place_of_the_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.mkdir()
    with pytest.raises(OSError, match=r"a\.svg"):
        archgraph.render(FINE, path)
    assert path.is_dir()
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("ending", ["svg", "pdf", "pptx"])
def test_picture_that_cannot_be_drawn_leaves_the_old_one(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="no character"):
        archgraph.render(FINE, path, title="日")
    assert path.read_bytes() == b"old"
