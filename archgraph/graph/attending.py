"""What attention computes, in TeX: the tokens of a sequence are the columns of its matrix."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

_NORMS = {"rms": "RMSNorm", "layer": "LayerNorm"}


class Scores(NamedTuple):
    """How the scores of dot products come about.

    `biased` has the letters of the maps (q, k, v, o) with a bias; `normed` how queries and keys are brought to one
    size; `positions` is none, rotary, alibi or relative; `window` how many keys are near enough, 0 for all; `cap` what
    the scores stay within, 0 for anything.
    """

    causal: bool = False
    biased: str = "qkvo"
    normed: str = "none"
    positions: str = "none"
    window: int = 0
    cap: float = 0.0


def dot_product(context: str, scores: Scores, wired: Collection[str] = ()) -> tuple[str, ...]:
    r"""Attention by dot products of one head, as `Operation.equations` has it; several heads do so side by side.

    Args:
        context: the port that keys and values read, such as `<context>`.
        scores: what is done to queries, keys and scores. Key i is kept from query j by the logarithm of zero.
        wired: the ports of places that are fed, which queries and keys are told, and not values.
    """
    added = list(_added(scores))
    told = "context_places" if context == "<context>" else "places"
    asking = "( <in> + <places> )" if "places" in wired else "<in>"
    asked = f"( {context} + <{told}> )" if told in wired else context
    found, within = r"\boldsymbol{K} ^{\top} \boldsymbol{Q}", r"\mathrm{softargmax}_{\beta}"
    if scores.cap or scores.positions in ("alibi", "relative"):
        # Only the products are multiplied by β, not what is added to them.
        found, within = rf"\beta {found}", r"\mathrm{softargmax}"
    if scores.cap:
        found = rf"{scores.cap:g} \mathrm{{tanh}} ( {found} / {scores.cap:g} )"
    inner = " + ".join([found, *(line.partition("_")[0] for line in added)])
    read = rf"\boldsymbol{{V}} {within} ( {inner} )"
    return (
        rf"\boldsymbol{{Q}} = {_placed(_mapped('q', asking, scores), scores)}",
        rf"\boldsymbol{{K}} = {_placed(_mapped('k', asked, scores), scores)}",
        rf"\boldsymbol{{V}} = {_mapped('v', context, scores)}",
        *added,
        _mapped("o", read, scores),
    )


def _mapped(part: str, what: str, scores: Scores) -> str:
    return rf"[W_{{{part}}}] {what}" + (rf" + [b_{{{part}}}]" if part in scores.biased else "")


def _placed(found: str, scores: Scores) -> str:
    """Queries or keys, brought to one size and turned by their places."""
    if scores.normed != "none":
        found = rf"\mathrm{{{_NORMS[scores.normed]}}} ( {found} )"
    return rf"\mathrm{{rot}} ( {found} )" if scores.positions == "rotary" else found


def _added(scores: Scores) -> Iterator[str]:
    """The lines of the matrices that are added to the scores of key i and query j."""
    if scores.positions == "alibi":
        yield r"\boldsymbol{D}_{ij} = - m | i - j |"
    if scores.positions == "relative":
        yield r"\boldsymbol{D}_{ij} = [t] _{b(i-j)}"
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
