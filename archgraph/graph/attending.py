"""What attention computes, in TeX: the tokens of a sequence are the columns of its matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Scores:
    """How the scores of dot products come about.

    `biased` has the letters of the maps (q, k, v, o) with a bias; `normed`: queries and keys are brought to one size;
    `positions` is none, rotary, alibi or relative; `window` how many keys are near enough, 0 for all; `cap` what the
    scores stay within, 0 for anything.
    """

    causal: bool = False
    biased: str = "qkvo"
    normed: bool = False
    positions: str = "none"
    window: int = 0
    cap: float = 0.0


def dot_product(context: str, scores: Scores) -> tuple[str, ...]:
    r"""Attention by dot products of one head, as `Operation.equations` has it; several heads do so side by side.

    Args:
        context: the port that keys and values read, such as `<context>`.
        scores: what is done to queries, keys and scores. Key i is kept from query j by the logarithm of zero.
    """
    added = list(_added(scores))
    inner = " + ".join([r"\boldsymbol{K} ^{\top} \boldsymbol{Q}", *(line.partition("_")[0] for line in added)])
    if scores.cap:
        inner = rf"{scores.cap:g} \mathrm{{tanh}} ( ( {inner} ) / {scores.cap:g} )"
    read = rf"\boldsymbol{{V}} \mathrm{{softargmax}}_{{\beta}} ( {inner} )"
    return (
        rf"\boldsymbol{{Q}} = {_placed(_mapped('q', '<in>', scores), scores)}",
        rf"\boldsymbol{{K}} = {_placed(_mapped('k', context, scores), scores)}",
        rf"\boldsymbol{{V}} = {_mapped('v', context, scores)}",
        *added,
        _mapped("o", read, scores),
    )


def _mapped(part: str, what: str, scores: Scores) -> str:
    return rf"[W_{{{part}}}] {what}" + (rf" + [b_{{{part}}}]" if part in scores.biased else "")


def _placed(found: str, scores: Scores) -> str:
    """Queries or keys, brought to one size and turned by their places."""
    if scores.normed:
        found = rf"\mathrm{{norm}} ( {found} )"
    return rf"\mathrm{{rot}} ( {found} )" if scores.positions == "rotary" else found


def _added(scores: Scores) -> Iterator[str]:
    """The lines of the matrices that are added to the scores of key i and query j."""
    if scores.positions == "alibi":
        yield r"\boldsymbol{D}_{ij} = - m | i - j |"
    if scores.positions == "relative":
        yield r"\boldsymbol{D}_{ij} = [t] _{j-i}"
    if scores.causal or scores.window:
        near = rf"|i-j|<{scores.window}" if scores.window else r"i{\leq}j"
        if scores.causal and scores.window:
            near = rf"0{{\leq}}j-i<{scores.window}"
        yield rf"\boldsymbol{{M}}_{{ij}} = \mathrm{{log}} 1_{{{near}}}"


def additive(context: str) -> tuple[str, ...]:
    r"""Attention by additive scores, one row of the scores for each token of the context."""
    return (
        r"\boldsymbol{q} = [W_{q}] <in> + [b_{q}]",
        rf"\boldsymbol{{K}} = [W_{{k}}] {context}",
        rf"{context} \mathrm{{softargmax}} ( [w] ^{{\top}} \mathrm{{tanh}} ( \boldsymbol{{q}} + \boldsymbol{{K}} ) )",
    )
