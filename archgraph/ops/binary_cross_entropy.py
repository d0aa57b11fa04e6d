"""The cross-entropy of numbers from 0 to 1 under logits."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.energies import Comparison


class BinaryCrossEntropy(Comparison):
    """The energy `-Σ y log σ(ỹ) + (1 - y) log(1 - σ(ỹ))` in nats; the target is real or a mask."""

    name: ClassVar[str] = "binary_cross_entropy"
    summary: ClassVar[str] = "−log probability of numbers from 0 to 1 under logits, in nats"
    reference: ClassVar[str] = "C(y, ỹ) = −Σ y log σ(ỹ) + (1 − y) log(1 − σ(ỹ))"
    example: ClassVar[str] = "binary_cross_entropy"
    words: ClassVar[str] = "Binary cross-entropy"
    function: ClassVar[str] = "binary_cross_entropy"


OPERATION = BinaryCrossEntropy
