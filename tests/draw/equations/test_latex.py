"""Equations in LaTeX: what is written compiles, as a document of its own and as a part of another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgraph.compiler import program
from archgraph.draw.equations.formulas import equations
from archgraph.draw.equations.latex import document, latex
from archgraph.draw.equations.operations import written
from archgraph.draw.theme import THEMES
from tests.draw.equations.test_operations import ALL, fed
from tests.draw.tex import compiled

SPECS = {path.stem: path for path in sorted((Path(__file__).parents[3] / "specs").rglob("*.yaml"))}


@pytest.mark.tex
@pytest.mark.parametrize("name", SPECS)
def test_equations_of_every_spec_compile_to_a_page_of_their_size(name: str, tmp_path: Path) -> None:
    text = document(equations(program(SPECS[name]).graph, 2), THEMES["dark"])
    assert b"(1 page," in compiled(text, tmp_path)
    box = re.search(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", (tmp_path / "a.pdf").read_bytes())
    if box:  # a page of some compressed kind does not tell
        width, height = map(float, box.groups())
        assert 60 < width < 1500 and 40 < height < 1500 and (width, height) != (612, 792)


@pytest.mark.tex
def test_equations_of_every_operation_compile_in_a_document_of_others(tmp_path: Path) -> None:
    parts = []
    for number, case in enumerate(ALL):
        lines = list(written(case.op, fed(case), id=f"{number}"))
        parts.append(latex(lines, THEMES["light"] if number % 2 else None))
    head = "\\documentclass{article}\n\\usepackage{amsmath,amssymb,xcolor}\n\\begin{document}\n"
    said = compiled(f"{head}{''.join(parts)}\\end{{document}}\n", tmp_path)
    assert b"Output written" in said
