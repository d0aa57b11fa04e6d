"""Notebooks run by a real kernel: what shows itself there, and that pictures leave each other alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbclient", reason="nbclient is not installed: pip install 'archgraph-compiler[notebook]'")
pytest.importorskip("ipykernel", reason="ipykernel is not installed: pip install 'archgraph-compiler[notebook]'")

ROOT = Path(__file__).parents[2]
STORY = ROOT / "specs" / "story"
SPEC = """archgraph: 1
title: Small
variables:
  y: {kind: target, type: "real[8]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 2}, tanh]}
  decoder: {role: decoder, layers: [{linear: 8}]}
  C: {role: cost, op: squared_error}
edges:
  - y -> encoder -> decoder -> y_tilde
  - y, y_tilde -> C
"""
ID = re.compile(r'\bid="([^"]+)"')

CELLS = [
    f"import archgraph\narchgraph.check({str(STORY / 'transformer.yaml')!r})",
    f"archgraph.check({str(STORY / 'transformer.yaml')!r})",
    f"archgraph.show({str(STORY / 'autoencoder.yaml')!r}, theme='light')",
    "%load_ext archgraph",
    f"%%archgraph --depth 1 --theme light\n{SPEC}",
    f"%%archgraph\n{SPEC.replace('encoder: {role: encoder', 'encoder: {role: encodr')}",
    f"archgraph.check({SPEC.replace('y_tilde -> C', 'z -> C')!r})",
    "import sys\n'torch' in sys.modules",
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[list[dict[str, Any]]]:
    """What each cell of one notebook shows, run once as `jupyter execute` does, by a kernel of this Python."""
    folder = tmp_path_factory.mktemp("jupyter")
    cells = [
        {
            "cell_type": "code",
            "id": f"cell-{at}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
        }
        for at, cell in enumerate(CELLS)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "a.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    # Nothing that is installed or written for a user has a say.
    own = dict.fromkeys(("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"), str(folder))
    run = "from nbclient.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", run, "a.ipynb", "--allow-errors", "--timeout=100", "--output=b"],
        cwd=folder,
        env={**os.environ, **own, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((folder / "b.ipynb").read_text(encoding="utf-8"))
    return [cell["outputs"] for cell in found["cells"]]


def svg(outputs: list[dict[str, Any]]) -> str:
    """The picture that a cell shows."""
    (shown,) = [each["data"]["image/svg+xml"] for each in outputs if "image/svg+xml" in each.get("data", {})]
    return "".join(shown)


def test_checked_spec_shows_itself(outputs: list[list[dict[str, Any]]]) -> None:
    assert svg(outputs[0]).startswith("<svg") and "<title>Transformer</title>" in svg(outputs[0])
    assert svg(outputs[0]) == svg(outputs[1])


def test_pictures_of_one_notebook_share_no_ids(outputs: list[list[dict[str, Any]]]) -> None:
    shown = [svg(outputs[cell]) for cell in (0, 2, 4)]
    ids = [set(ID.findall(each)) for each in shown]
    assert all(len(each) > 10 for each in ids)
    assert not (ids[0] & ids[1] or ids[0] & ids[2] or ids[1] & ids[2])
    # Nothing in them reaches beyond them: no style sheet, no script, no reference to an id.
    assert not [each for each in shown if re.search(r"<style|<script|<use|url\(|href=", each)]


def test_cell_magic_draws_the_spec_of_its_cell_by_its_options(outputs: list[list[dict[str, Any]]]) -> None:
    found = svg(outputs[4])
    assert "<title>Small</title>" in found and "encoder.linear" in found and 'fill="#ffffff"' in found


def test_faults_are_told_without_a_traceback(outputs: list[list[dict[str, Any]]]) -> None:
    (told,) = outputs[5]
    assert told["output_type"] == "stream" and "error[AG010]: unknown role 'encodr'" in "".join(told["text"])
    (listed,) = outputs[6]
    said = "".join(listed["data"]["text/html"])
    assert said.startswith("<pre>") and "error[" in said


def test_showing_pictures_needs_no_torch(outputs: list[list[dict[str, Any]]]) -> None:
    assert outputs[7][0]["data"]["text/plain"] == ["False"]
