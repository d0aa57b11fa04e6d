"""What an equation consists of: pieces of TeX, each with the kind or role whose colour it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from archgraph.draw.letters.alphabet import symbol_of

RELATIONS = ("=", r"\sim")
OPERATORS = frozenset(("+", "-", r"\odot", r"\circ", r"\ast"))
COMMAS = frozenset((",", ";"))
# After which a little room stands, unless a bracket follows.
_FUNCTIONS = re.compile(r"(\\mathrm\{[a-z]+\}|\\sum)(_\{.*\})?$")
_PORT = re.compile(r"<(?P<port>[\w.]+)(?:\|(?P<join>\S+))?>")
_LEARNED = re.compile(r"\[(?P<tex>\S+)\]")


@dataclass(frozen=True)
class Piece:
    """A piece of TeX; `what` is the kind or role whose colour it takes, "" for that of words."""

    tex: str
    what: str = ""

    @property
    def sort(self) -> str:
        """How much room it takes about itself: relation, operator, comma, function or nothing."""
        return _sort(self.tex)


@cache
def _sort(tex: str) -> str:
    if tex in RELATIONS:
        return "relation"
    if tex.partition("_")[0] in OPERATORS:
        return "operator"
    if tex in COMMAS:
        return "comma"
    return "function" if _FUNCTIONS.match(tex) else ""


Pieces = tuple[Piece, ...]
# What the ports of operations and bodies are called in their own equations; others by their names.
_PORTS = {
    "in": "x",
    "context": "c",
    "state": "s",
    "cell": "c",
    "mask": "m",
    "index": "i",
    "places": "p",
    "context_places": "p_c",
    "prediction": "y_tilde",
    "target": "y",
    "balance": "b",
    "front": "f",
    "into": "y",
    "branch": "f",
}


def port_symbol(name: str) -> Piece:
    """The symbol of a port in the equations of what it belongs to."""
    return Piece(symbol_of(_PORTS.get(name, name)))


@dataclass(frozen=True)
class Equation:
    """A line: `left` = `right`, under an id; `sign` stands between them."""

    id: str
    left: Pieces
    right: Pieces
    sign: str = "="


@dataclass(frozen=True)
class Formula:
    """A line of `Operation.equations` taken apart; `left` is `<out>` for the output, `<out.name>` for another one."""

    left: str
    sign: str
    right: str

    @property
    def output(self) -> str:
        """The output port that it gives, "" for a part that it names."""
        port = _PORT.fullmatch(self.left)
        return "" if port is None else port["port"].removeprefix("out.")

    def count(self, port: str) -> int:
        """How often it reads a port, or an output."""
        return sum(found["port"] == port for found in _PORT.finditer(self.right))

    @property
    def learned(self) -> bool:
        """Whether it has learned tensors."""
        return any(map(_LEARNED.fullmatch, self.right.split()))


def formulas(lines: Iterable[str]) -> tuple[Formula, ...]:
    """The lines of `Operation.equations`, an expression alone being that of the output."""
    return tuple(map(_formula, lines))


def _formula(line: str) -> Formula:
    for sign in RELATIONS:
        left, found, right = line.partition(f" {sign} ")
        if found:
            return Formula(left, sign, right)
    return Formula("<out>", "=", line)


def tex(text: str) -> Pieces:
    """Atoms of TeX that stand apart in a text, in the colour of words."""
    return tuple(Piece(atom) for atom in text.split())


def bracketed(inner: Pieces) -> Pieces:
    """Pieces in round brackets."""
    return (Piece("("), *inner, Piece(")"))


def factor(pieces: Pieces) -> Pieces:
    """Pieces as a factor: a sum gets brackets."""
    depth = 0
    for piece in pieces:
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(piece.tex, 0)
        if piece.sort in ("operator", "comma") and not depth:
            return bracketed(pieces)
    return pieces


def unit(pieces: Pieces) -> Pieces:
    """Pieces that a script can follow: what is neither a symbol nor a function of something gets brackets."""
    depths = list(accumulate({"(": 1, ")": -1, "[": 1, "]": -1}.get(piece.tex, 0) for piece in pieces))
    called = len(pieces) > 1 and pieces[1].tex == "(" and 0 not in depths[1:-1]
    return pieces if len(pieces) == 1 or called else bracketed(pieces)


def joined(parts: Sequence[Pieces], sign: str) -> Pieces:
    """Several expressions with a sign between them."""
    found: list[Piece] = []
    for part in parts:
        found += [Piece(sign)] * bool(found) + list(part)
    return tuple(found)


def applied(function: Piece, parts: Sequence[Pieces]) -> Pieces:
    """A function of its arguments."""
    return (function, *bracketed(joined(parts, ",")))


def spelled(template: str, ports: Mapping[str, Sequence[Pieces]], mark: str) -> Pieces:
    """The text of `Operation.equations` with what is wired to the ports in it.

    Args:
        template: atoms; `<port>`, `<port|sign>` for all that is wired there, `[W]` for a learned tensor.
        ports: what is wired to each port.
        mark: what tells apart the learned tensors of this node from those of others, "" for nothing.
    """
    found: list[Piece] = []
    atoms = template.split()
    for index, atom in enumerate(atoms):
        port, learned = _PORT.fullmatch(atom), _LEARNED.fullmatch(atom)
        if port:
            bare = port["join"] != r"\odot" and _enclosed(atoms, index)
            held = unit if atoms[index + 1 : index + 2] and atoms[index + 1][0] in "_^" else factor
            parts = [part if bare else held(part) for part in ports[port["port"]]]
            found += joined(parts, port["join"] or ",")
        elif learned:
            found.append(Piece(marked(learned["tex"], mark)))
        elif atom[0] in "_^":
            found.append(Piece(f"{{}}{_filled(atom, ports)}"))
        else:
            found.append(Piece(_filled(atom, ports), "delay" if atom.startswith(r"\zeta^") else ""))
    return tuple(found)


def _enclosed(atoms: list[str], index: int) -> bool:
    """Whether an atom is all that stands between brackets, or in the whole text."""
    return len(atoms) == 1 or (atoms[index - 1 : index] in (["("], ["["]) and atoms[index + 1] in (")", "]"))


def marked(tex: str, mark: str) -> str:
    """A learned tensor with a mark among its subscripts; matrices and vectors are bold."""
    head, _, below = tex.partition("_")
    scripts = [part for part in (below.strip("{}"), mark) if part]
    bold = rf"\boldsymbol{{{head}}}"
    return rf"{bold}_{{{','.join(scripts)}}}" if scripts else bold


def _filled(atom: str, ports: Mapping[str, Sequence[Pieces]]) -> str:
    """A script with what is wired to the ports it names."""
    return _PORT.sub(lambda port: "".join(piece.tex for part in ports[port["port"]] for piece in part), atom)
