"""The contrastive loss of pairs."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.energies import Energy
from archgraph.graph.operation import Mismatch, Port, Site, Types, need_features
from archgraph.graph.types import TensorType, real


class Contrastive(Energy):
    """In a batch of pairs each vector must pick its partner from all: cross-entropy of the scores, both ways.

    Scores are dot products: put `l2_norm` in front of both, and `temperature` in front of one. For a node of role
    loss, since it speaks of a whole batch.
    """

    name: ClassVar[str] = "contrastive"
    summary: ClassVar[str] = "each vector of a pair must find its partner in the batch"
    reference: ClassVar[str] = "L = −½ mean_i log softmax_j(a_i · b_j)[i] + the same for b; Radford et al. 2021 (CLIP)"
    example: ClassVar[str] = "contrastive"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    words: ClassVar[str] = "Contrastive"
    function: ClassVar[str] = "contrastive"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """Two tensors `real[n]` to an energy."""
        if len(given["in"]) != 2:
            raise Mismatch(
                f"'contrastive' takes the two sides of a pair, and gets {len(given['in'])}",
                hint="draw two edges into it",
            )
        first, other = given["in"]
        need_features(first, self.name)
        if first != other or len(first.axes) != 1:
            raise Mismatch(
                f"'contrastive' takes two vectors of one width, and gets {first} and {other}",
                hint="pool each side, and put 'linear: n' behind both",
            )
        return {"out": real()}

    def emit(self, site: Site) -> str:
        """The loss of the batch, in a part for each sample."""
        return f"{site.use('costs.contrastive')}({', '.join(site.all())})"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Scores of all pairs of N samples, and the log probabilities of the true ones, on the diagonal."""
        log = r"\mathrm{log} \mathrm{softargmax}"
        return (
            r"\boldsymbol{S} = <in|{}^{\top}>",
            rf"- \mathrm{{tr}} ( {log} ( \boldsymbol{{S}} ) + {log} ( \boldsymbol{{S}} ^{{\top}} ) ) / 2 N",
        )


OPERATION = Contrastive
