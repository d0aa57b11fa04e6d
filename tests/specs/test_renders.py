"""The committed pictures are those that the specs and the drawing code give today."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.specs.samples import SPECS

SCRIPT = Path(__file__).parents[2] / "examples" / "renders.py"


@pytest.fixture(scope="module")
def renders() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("renders_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["renders_script"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["renders_script"]


def test_pictures_are_up_to_date(renders: ModuleType) -> None:
    made = dict(renders.pictures())
    stale = [
        path.as_posix()
        for path, data in made.items()
        if not (renders.FOLDER / path).is_file() or (renders.FOLDER / path).read_bytes() != data
    ]
    assert not stale, "run `make renders`, look at what changed, and commit it"
    assert not renders.strangers(set(made))


def test_every_spec_of_the_story_has_a_slide_in_both_themes(renders: ModuleType) -> None:
    for theme in ("dark", "light"):
        for ending in (".svg", ".png"):
            found = {path.stem for path in (renders.FOLDER / "story" / theme).glob(f"*{ending}")}
            assert found == set(SPECS)


def test_a_changed_spec_is_noticed(
    renders: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    specs, folder = tmp_path / "specs", tmp_path / "renders"
    (specs / "story").mkdir(parents=True)
    spec = specs / "story" / "rnn.yaml"
    spec.write_bytes(SPECS["rnn"].read_bytes())
    monkeypatch.setattr(renders, "SPECS", specs)
    monkeypatch.setattr(renders, "FOLDER", folder)
    monkeypatch.setattr(sys, "argv", ["renders.py"])
    renders.main()
    monkeypatch.setattr(sys, "argv", ["renders.py", "--check"])
    with pytest.raises(SystemExit) as done:
        renders.main()
    assert done.value.code == 0
    (folder / "story" / "dark" / "stranger.svg").write_bytes(b"")
    spec.write_text(spec.read_text(encoding="utf-8").replace("label: state", "label: memory"), encoding="utf-8")
    capsys.readouterr()
    with pytest.raises(SystemExit) as done:
        renders.main()
    assert done.value.code == 1
    assert "story/dark/rnn.svg" in (out := capsys.readouterr().out)
    assert "story/dark/stranger.svg" in out
