"""The cross-entropy of symbols under logits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.energies import Comparison, check_where
from archgraph.graph.memory import Saved, count
from archgraph.graph.operation import Count, Mismatch, Site, Types
from archgraph.graph.types import TensorType, real


class CrossEntropy(Comparison):
    """The energy −log softmax(prediction)[target] in nats, summed over positions."""

    name: ClassVar[str] = "cross_entropy"
    summary: ClassVar[str] = "−log probability of the target under logits, in nats"
    reference: ClassVar[str] = "C(y, ỹ) = −Σ log softmax(ỹ)[y]"
    example: ClassVar[str] = "cross_entropy"
    words: ClassVar[str] = "Cross-entropy"
    numbers: ClassVar[str] = "logits"
    function: ClassVar[str] = "cross_entropy"
    meanings: ClassVar[Mapping[str, str]] = {
        "chunk": "positions whose logits are in memory at once in training; all unless said",
    }

    chunk: Count | None = None

    def emit(self, site: Site) -> str:
        """The energy per sample; in chunks, the probabilities of all positions are never held at once."""
        if self.chunk is None:
            return super().emit(site)
        given = ", ".join(part for part in (site.given("prediction"), site.given("target"), site.counted()) if part)
        return f"{site.use('costs.chunked_cross_entropy')}({given}, chunk={self.chunk})"

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

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The target, and the log probabilities."""
        return Saved(("target",), numbers=count(given["prediction"][0]) * (self.chunk is None))

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The target, one-hot, against the log probabilities."""
        return (r"- <target> ^{\top} \mathrm{log} \mathrm{softargmax} ( <prediction> )",)


OPERATION = CrossEntropy
