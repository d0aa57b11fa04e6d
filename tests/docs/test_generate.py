"""The pages that follow from the code are current, and the script says so when they are not."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from archgraph.compiler import faults, schema
from archgraph.ops import Operations
from tests.docs.pages import ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module  # dataclasses look their module up while it is executed
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_current(script: ModuleType) -> None:
    assert script.stale() == [], "run: python docs/generate.py"


def test_the_sheet_tells_the_story_in_the_order_of_the_gallery(script: ModuleType) -> None:
    spec = importlib.util.spec_from_file_location("renders_order", ROOT / "examples" / "renders.py")
    assert spec is not None
    assert spec.loader is not None
    renders = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(renders)
    told = tuple(name for _, names in script.STORY for name in names)
    assert told == renders.ORDER


def test_the_gallery_shows_each_step_dark_and_light(script: ModuleType) -> None:
    page = script.gallery()
    for name in ("sparse_autoencoder", "denoising_autoencoder", "language_model", "conditional_predictive"):
        for theme in ("dark", "light"):
            for folder in ("story", "steps"):
                assert f"../renders/{folder}/{theme}/{name}.svg" in page
    order = [page.index(f"(../specs/story/{name}.yaml)") for name in ("autoencoder", "language_model", "transformer")]
    assert order == sorted(order)


def test_a_changed_page_is_stale(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "HERE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["generate.py", "--check"])
    (tmp_path / "errors.md").write_text("# Errors\n", encoding="utf-8", newline="\n")
    assert script.main() == 1
    assert capsys.readouterr().out.count("is stale") == 3
    monkeypatch.setattr(sys, "argv", ["generate.py"])
    assert script.main() == 0
    assert script.stale() == []


def test_every_operation_has_a_checked_example_and_a_chapter(script: ModuleType) -> None:
    page = script.operations()
    for cls in Operations():
        assert f"\n## {cls.name}\n" in page
        assert f"\n- example: `{cls.example}`\n" in page
    assert page.count("\n- types: ") == len(Operations().names())


def test_every_fault_has_a_row(script: ModuleType) -> None:
    page = script.errors()
    assert [code for code, fault in faults().items() if f"| {code} | {fault.title} |" not in page] == []


def test_every_argument_says_what_it_is() -> None:
    silent = [f"{cls.name}.{name}" for cls in Operations() for name in cls.model_fields if not cls.meaning(name)]
    assert silent == []
    strays = [
        f"{cls.name}.{name}"
        for cls in Operations()
        for base in cls.__mro__
        for name in vars(base).get("meanings", {})
        if name not in cls.model_fields
    ]
    assert strays == []


def test_the_schema_tells_what_an_argument_is() -> None:
    attention = schema()["$defs"]["operation_self_attention"]["properties"]
    assert attention["kv_heads"]["description"].startswith("how many of them have keys")


def test_an_example_says_what_it_learns(script: ModuleType) -> None:
    linear = next(cls for cls in Operations() if cls.name == "linear")
    assert script.example(linear).learned == ("`weight` `[32, 64]`", "`bias` `[32]`")
