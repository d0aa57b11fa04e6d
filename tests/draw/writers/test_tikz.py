"""The TikZ writer: what it writes compiles, restyles by one line, and holds no command of a user's."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from archgraph.draw import Options, draw, write
from archgraph.draw.letters.maths import drawn
from archgraph.draw.scene import Group, Line
from archgraph.draw.writers.tex import escape, maths
from archgraph.graph.module import Graph
from tests.draw.graphs import ALL, TRANSFORMER
from tests.draw.tex import compiled

COMMANDS = re.compile(r"\\([A-Za-z]+)")
OWN = set(
    """documentclass usepackage pagestyle setlength addtolength parindent topskip textheight begin end providecommand
    archgraphstyle pgfkeysifdefined tikzset fontsize sffamily selectfont providecolor definecolor useasboundingbox
    fill path node coordinate""".split()  # noqa: SIM905
)


def tex(subject: Graph, **options: bool) -> str:
    return write(draw(subject), "tex", Options(**options)).decode("utf-8")


def labelled(label: str) -> Graph:
    variables = {name: one._replace(label=label) for name, one in TRANSFORMER.variables.items()}
    nodes = {name: one._replace(label=label) for name, one in TRANSFORMER.nodes.items()}
    return replace(TRANSFORMER, title=label, variables=variables, nodes=nodes)


@pytest.mark.tex
def test_document_compiles_to_one_page(tmp_path: Path) -> None:
    assert b"(1 page," in compiled(tex(TRANSFORMER), tmp_path)


@pytest.mark.tex
@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_every_document_compiles_to_one_page(name: str, tmp_path: Path) -> None:
    assert b"(1 page," in compiled(tex(ALL[name]), tmp_path)


HOSTILE = [
    r"\input{/etc/passwd} \write18{ls}",
    "}$ $$ \\end{document}",
    "% # & _ ^ ~ { } | < > \" ' ` - -- --- ?` !` ,,",
    "\\catcode`\\%=12",
    "^^5cend{document}",
]


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_become_no_command(label: str) -> None:
    text = tex(labelled(label))
    own = OWN | set(COMMANDS.findall(str(escape(label)))) | {"boldsymbol", "tilde", "zeta"}
    assert set(COMMANDS.findall(text)) - own == set()
    assert not {"input", "write", "catcode"} & set(COMMANDS.findall(text))
    assert text.count(r"\end{document}") == 1
    assert "^^" not in text


@pytest.mark.tex
def test_hostile_labels_compile_to_the_text_that_they_are(tmp_path: Path) -> None:
    found = draw(labelled(HOSTILE[0]))
    assert b"(1 page," in compiled(write(found, "tex").decode("utf-8"), tmp_path)
    both = "".join(f"{escape(label)}\n\n" for label in HOSTILE)
    text = rf"\documentclass{{article}}\usepackage{{textcomp}}\begin{{document}}{both}\end{{document}}"
    assert b"(1 page," in compiled(text, tmp_path)


SYMBOLS = [
    (r"\tilde{\boldsymbol{y}}", r"\tilde{\boldsymbol{y}}"),
    (r"\boldsymbol{h}_{\boldsymbol{x}}", r"\boldsymbol{h}_{\boldsymbol{x}}"),
    (r"\hat\boldsymbol{y}", r"\hat{\boldsymbol{y}}"),
    (r"x_a_b", r"{x_{a}{}_{b}}"),
    (r"\bm\mu", r"\boldsymbol{\mu }"),
    (r"a%b$", r"a\mbox{\%}b\mbox{\$}"),
    ("ζ", r"\zeta "),
    (r"\Alpha", "A"),
    (r"\zeta^{-1}", r"\zeta ^{-1}"),
    (r"^2", r"\mbox{\textasciicircum{}}2"),
]


@pytest.mark.parametrize(("ours", "wanted"), SYMBOLS)
def test_symbols_are_written_with_braces_around_every_argument(ours: str, wanted: str) -> None:
    assert drawn(ours)
    assert maths(ours) == wanted


@pytest.mark.tex
def test_symbols_compile(tmp_path: Path) -> None:
    formulas = "".join(f"${maths(ours)}$\n\n" for ours, _ in SYMBOLS)
    packages = r"\documentclass{article}\usepackage{amsmath,amssymb,textcomp}"
    assert b"(1 page," in compiled(rf"{packages}\begin{{document}}{formulas}\end{{document}}", tmp_path)


def test_characters_that_latex_may_lack_are_drawn_as_outlines() -> None:
    assert escape("naïve") == "naïve"
    assert escape("Жук") is None
    assert maths("√") is None
    text = tex(replace(TRANSFORMER, title="Жук"))
    assert "Жук" not in text
    assert len(re.findall(r"\\fill\[archgraph-text\]", text)) == 1


@pytest.mark.tex
def test_arrows_quotes_and_dashes_are_set_in_the_font_of_the_document(tmp_path: Path) -> None:
    text = tex(replace(TRANSFORMER, title="A → B, “so – it – is…” ‘−1’ — it’s"))
    assert r"A $\rightarrow$ B" in text and r"\fill[archgraph-text]" not in text
    assert b"(1 page," in compiled(text, tmp_path)


def test_snippet_is_no_document_and_defines_what_is_not_yet_defined() -> None:
    text = tex(TRANSFORMER, snippet=True)
    assert not {"documentclass", "usepackage"} & set(COMMANDS.findall(re.sub("%.*", "", text)))
    assert r"\begin{document}" not in text
    assert text.endswith("\\end{tikzpicture}%\n")


@pytest.mark.tex
def test_one_line_restyles_a_kind(tmp_path: Path) -> None:
    text = tex(TRANSFORMER, snippet=True)
    assert text.count("archgraph/encoder]") == 2
    style = r"\tikzset{archgraph/encoder/.style={draw=red,line width=4bp}}"
    opening = rf"\documentclass{{article}}\usepackage{{amsmath,amssymb,textcomp,tikz}}\begin{{document}}{style}"
    shown = r"\makeatletter\pgfkeysgetvalue{/tikz/archgraph/encoder/.@cmd}\found\typeout{FOUND \meaning\found}"
    log = compiled(rf"{opening}{text}{shown}\end{{document}}", tmp_path)
    assert b"line width=4bp" in log.replace(b"\n", b"")


def test_every_wire_and_shape_is_drawn() -> None:
    scene = draw(TRANSFORMER)
    text = tex(TRANSFORMER)
    wires = [item for item in scene.walk() if isinstance(item, Line)]
    assert text.count(r"\path[archgraph/wire]") == len(wires)
    for group in scene.items:
        if isinstance(group, Group) and group.kind in ("node", "variable"):
            assert f"(archgraph-{group.id})" in text


def test_boxes_with_round_corners_are_rectangles_with_round_corners() -> None:
    text = write(draw(TRANSFORMER, depth=1), "tex").decode("utf-8")
    assert len(re.findall(r"\[rounded corners=[0-9.]+bp\] rectangle", text)) >= 8


def test_tilde_in_words_stands_in_the_middle_of_its_line() -> None:
    assert escape("a~b") == r"a$\sim$b"


def test_transparent_picture_has_no_ground() -> None:
    assert "archgraph-ground" in tex(TRANSFORMER)
    assert "archgraph-ground" not in tex(TRANSFORMER, transparent=True)
