"""What attention computes, in TeX: the tokens of a sequence are the columns of its matrix."""

from __future__ import annotations


def dot_product(context: str, *, causal: bool, bias: bool) -> tuple[str, ...]:
    r"""Attention by dot products of one head, as `Operation.equations` has it; several heads do so side by side.

    Args:
        context: the port that keys and values read, such as `<context>`.
        causal: whether key i is kept from query j where i > j, by the logarithm of zero.
        bias: whether the four maps have one.
    """

    def mapped(part: str, what: str) -> str:
        return rf"[W_{{{part}}}] {what}" + (rf" + [b_{{{part}}}]" if bias else "")

    mask = r" + \boldsymbol{M}" if causal else ""
    read = rf"\boldsymbol{{V}} \mathrm{{softargmax}}_{{\beta}} ( \boldsymbol{{K}} ^{{\top}} \boldsymbol{{Q}}{mask} )"
    return (
        rf"\boldsymbol{{Q}} = {mapped('q', '<in>')}",
        rf"\boldsymbol{{K}} = {mapped('k', context)}",
        rf"\boldsymbol{{V}} = {mapped('v', context)}",
        *((r"\boldsymbol{M}_{ij} = \mathrm{log} 1_{i{\leq}j}",) if causal else ()),
        mapped("o", read),
    )


def additive(context: str) -> tuple[str, ...]:
    r"""Attention by additive scores, one row of the scores for each token of the context."""
    return (
        r"\boldsymbol{q} = [W_{q}] <in> + [b_{q}]",
        rf"\boldsymbol{{K}} = [W_{{k}}] {context}",
        rf"{context} \mathrm{{softargmax}} ( [w] ^{{\top}} \mathrm{{tanh}} ( \boldsymbol{{q}} + \boldsymbol{{K}} ) )",
    )
