"""The cross-entropy of symbols under logits."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.energies import Comparison, check_where
from archgraph.graph.operation import Mismatch, Types
from archgraph.graph.types import TensorType, real


class CrossEntropy(Comparison):
    """The energy −log softmax(prediction)[target] in nats, summed over positions."""

    name: ClassVar[str] = "cross_entropy"
    summary: ClassVar[str] = "−log probability of the target under logits, in nats"
    reference: ClassVar[str] = "C(y, ỹ) = −Σ log softmax(ỹ)[y]"
    example: ClassVar[str] = "cross_entropy"
    words: ClassVar[str] = "Cross-entropy"
    function: ClassVar[str] = "cross_entropy"

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`tokens(n)[T]` against logits `real[T, n]`: an energy."""
        target, prediction = given["target"][0], given["prediction"][0]
        if target.element not in ("tokens", "class") or target.classes is None:
            raise Mismatch(
                f"'cross_entropy' compares symbols, and the target is {target}",
                hint="use squared_error for real targets",
                port="target",
                code="prediction",
            )
        wanted = real(*target.axes, target.classes)
        if prediction != wanted:
            raise Mismatch(
                f"the target is {target}, so the prediction must be {wanted}, and is {prediction}",
                hint=f"let the decoder end in 'linear: {target.classes}'"
                if prediction.axes[:-1] == wanted.axes[:-1]
                else "target and prediction need the same positions",
                port="prediction",
                code="prediction",
            )
        check_where(given)
        return {"out": real()}

    def equations(self) -> tuple[str, ...]:
        """The target, one-hot, against the log probabilities."""
        return (r"- <target> ^{\top} \mathrm{log} \mathrm{softargmax} ( <prediction> )",)


OPERATION = CrossEntropy
