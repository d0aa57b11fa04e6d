"""Equations as LaTeX, to set in a document or by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from archgraph.draw.equations.pieces import COMMAS, Equation, Piece, Pieces
from archgraph.draw.theme import Theme
from archgraph.draw.writers import tex


def latex(equations: Iterable[Equation], theme: Theme | None = None) -> str:
    """An `align*` with a line for each equation; it needs amsmath, and xcolor with the colours of a theme."""
    listed = list(equations)
    lines = [f"  {_side(each.left, theme)} &{each.sign} {_side(each.right, theme)}" for each in listed]
    body = " \\\\\n".join(lines)
    return f"{_colours(listed, theme)}\\begin{{align*}}\n{body}\n\\end{{align*}}\n"


def document(equations: Iterable[Equation], theme: Theme, *, transparent: bool = False) -> str:
    """A document of the equations alone, as large as they are, on the ground of the theme."""
    ground = "" if transparent else f"\\pagecolor[HTML]{{{theme.background[1:].upper()}}}\n"
    return (
        "\\documentclass[border=12bp,varwidth=\\maxdimen]{standalone}\n"
        "\\usepackage{amsmath,amssymb,xcolor}\n"
        f"\\begin{{document}}\n{ground}\\color[HTML]{{{theme.text[1:].upper()}}}\n"
        f"{latex(equations, theme)}\\end{{document}}\n"
    )


def _colours(equations: list[Equation], theme: Theme | None) -> str:
    """The colours by name, as in the TikZ of the picture, so that one definition before restyles a kind."""
    if theme is None:
        return ""
    kinds = sorted({piece.what for each in equations for piece in (*each.left, *each.right) if piece.what})
    lines = [f"\\providecolor{{archgraph-{kind}}}{{HTML}}{{{theme.stroke(kind)[1:].upper()}}}\n" for kind in kinds]
    return "".join(lines)


def _side(pieces: Pieces, theme: Theme | None) -> str:
    written = " ".join(_piece(piece, theme).strip() for piece in pieces)
    return written.replace(" {}", "{}" if theme else "")  # a script belongs to what stands before it


def _piece(piece: Piece, theme: Theme | None) -> str:
    said = piece.tex if piece.tex in COMMAS else tex.maths(piece.tex) or "?"
    if piece.sort == "function":
        said = said.replace("\\mathrm", "\\operatorname", 1)
    return f"\\textcolor{{archgraph-{piece.what}}}{{{said}}}" if theme and piece.what else said
