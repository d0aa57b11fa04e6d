"""The cross-entropy of numbers from 0 to 1 under logits."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from archgraph.graph.energies import Comparison


class BinaryCrossEntropy(Comparison):
    """The energy `-Σ y log σ(ỹ) + (1 - y) log(1 - σ(ỹ))` in nats; the target is real or a mask."""

    name: ClassVar[str] = "binary_cross_entropy"
    summary: ClassVar[str] = "−log probability of numbers from 0 to 1 under logits, in nats"
    reference: ClassVar[str] = "C(y, ỹ) = −Σ y log σ(ỹ) + (1 − y) log(1 − σ(ỹ))"
    example: ClassVar[str] = "binary_cross_entropy"
    words: ClassVar[str] = "Binary cross-entropy"
    numbers: ClassVar[str] = "logits"
    function: ClassVar[str] = "binary_cross_entropy"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The log probabilities of ones and of zeros; 1 − σ(ỹ) is σ(−ỹ)."""
        first = r"<target> ^{\top} \mathrm{log} \sigma ( <prediction> )"
        return (rf"- {first} - ( 1 - <target> ) ^{{\top}} \mathrm{{log}} \sigma ( - <prediction> )",)


OPERATION = BinaryCrossEntropy
