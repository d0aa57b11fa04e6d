"""The cross-entropy of symbols under logits."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.masks import Mask
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Port, Site, Types
from archgraph.graph.types import TensorType, real


class CrossEntropy(Operation):
    """The energy −log softmax(prediction)[target] in nats, summed over positions."""

    name: ClassVar[str] = "cross_entropy"
    summary: ClassVar[str] = "−log probability of the target under logits, in nats"
    reference: ClassVar[str] = "C(y, ỹ) = −Σ log softmax(ỹ)[y]"
    example: ClassVar[str] = "cross_entropy"
    inputs: ClassVar[tuple[Port, ...]] = (Port("target"), Port("prediction"), Port("where", required=False))
    words: ClassVar[str] = "Cross-entropy"
    objective: ClassVar[bool] = True

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
        return {"out": real()}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """An energy depends on everything, and nothing reads it back."""
        return {}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """An energy has no positions."""
        return {"out": ()}

    def emit(self, site: Site) -> str:
        """The energy per sample."""
        real_ = site.real("target", -1)
        arguments = ", ".join(part for part in (site.given("prediction"), site.given("target"), real_) if part)
        return f"{site.use('costs.cross_entropy')}({arguments})"


OPERATION = CrossEntropy
