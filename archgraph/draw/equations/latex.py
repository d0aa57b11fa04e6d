"""Equations as LaTeX, to set in a document or by themselves."""

from __future__ import annotations

from collections.abc import Iterable

from archgraph.draw.equations.pieces import COMMAS, Equation, Piece, Pieces
from archgraph.draw.theme import Theme
from archgraph.draw.writers import tex

# A page of the size of its box, by primitives, since no class that measures its page comes with a small TeX.
_DOCUMENT = r"""\documentclass{article}
\usepackage{amsmath,amssymb,xcolor}
%(colours)s\begin{document}
\setbox0\hbox{\kern12bp\color[HTML]{%(text)s}$\displaystyle
%(body)s$\kern12bp}
\hoffset-1in\voffset-1in
\paperwidth\wd0\paperheight\dimexpr\ht0+\dp0+24bp\relax
\ifdefined\pdfpagewidth
  \pdfpagewidth\paperwidth\pdfpageheight\paperheight
\else
  \pagewidth\paperwidth\pageheight\paperheight
\fi
\shipout\vbox{\offinterlineskip
%(ground)s  \kern12bp\box0}
\end{document}
"""
_GROUND = r"""  \hbox{\color[HTML]{%s}\vrule width\paperwidth height\paperheight}\kern-\paperheight
"""


def latex(equations: Iterable[Equation], theme: Theme | None = None) -> str:
    """An `align*` with a line for each equation; it needs amsmath, and xcolor with the colours of a theme."""
    listed = list(equations)
    return f"{_colours(listed, theme)}{_block(listed, theme, 'align*')}"


def document(equations: Iterable[Equation], theme: Theme, *, transparent: bool = False) -> str:
    """A document of the equations alone, as large as they are, on the ground of the theme."""
    listed = list(equations)
    return _DOCUMENT % {
        "colours": _colours(listed, theme),
        "text": theme.text[1:].upper(),
        "body": _block(listed, theme, "aligned"),
        "ground": "" if transparent else _GROUND % theme.background[1:].upper(),
    }


def _block(equations: list[Equation], theme: Theme | None, environment: str) -> str:
    lines = [f"  {_side(each.left, theme)} &{each.sign} {_side(each.right, theme)}" for each in equations]
    return f"\\begin{{{environment}}}\n" + " \\\\\n".join(lines) + f"\n\\end{{{environment}}}\n"


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
