"""What costs and regularisers have in common: an energy per sample, summed over the positions that count."""

from __future__ import annotations

from typing import ClassVar

from archgraph.graph.masks import Mask
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Port, Site, Types, need_features
from archgraph.graph.types import TensorType, real


class Energy(Operation):
    """An energy; `function` names it among the runtime's costs."""

    objective: ClassVar[bool] = True
    function: ClassVar[str]

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """An energy depends on everything, and nothing reads it back."""
        return {}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """An energy has no positions."""
        return {"out": ()}

    def emit(self, site: Site) -> str:
        """The energy per sample; a prediction stands before its target."""
        tensors = [site.given(port.name) for port in reversed(self.inputs) if port.required]
        arguments = ", ".join(part for part in (*tensors, site.counted()) if part)
        return f"{site.use(f'costs.{self.function}')}({arguments})"


class Comparison(Energy):
    """The energy of a target and a prediction of its type; `where` tells the positions that count."""

    inputs: ClassVar[tuple[Port, ...]] = (Port("target"), Port("prediction"), Port("where", required=False))

    def shape(self, given: Types) -> dict[str, TensorType]:
        """Two tensors of one type to an energy."""
        target, prediction = given["target"][0], given["prediction"][0]
        if target.element in ("tokens", "class"):
            raise Mismatch(
                f"'{self.name}' compares real numbers, and the target is {target}",
                hint="use cross_entropy for symbols",
                port="target",
                code="prediction",
            )
        if prediction != target._replace(element="real"):
            raise Mismatch(
                f"the target is {target}, so the prediction must be {target._replace(element='real')}, "
                f"and is {prediction}",
                hint=_mend(target, prediction),
                port="prediction",
                code="prediction",
            )
        check_where(given)
        return {"out": real()}


class Penalty(Energy):
    """The energy of a tensor by itself."""

    def shape(self, given: Types) -> dict[str, TensorType]:
        """A real tensor to an energy."""
        need_features(given["in"][0], self.name)
        return {"out": real()}


def check_where(given: Types) -> None:
    """Raise Mismatch unless `where`, if fed, is a mask of the target's positions."""
    target = given["target"][0]
    for where in given.get("where", ()):
        if where.element != "mask" or not where.axes or where.axes != target.axes[: len(where.axes)]:
            wanted = TensorType("mask", target.axes[:1])
            raise Mismatch(
                f"'where' tells which positions of the target {target} count, and is {where}",
                hint=f"feed a tensor of type {wanted}, such as the 'mask' of token_masking",
                port="where",
            )


def _mend(target: TensorType, prediction: TensorType) -> str:
    image = len(target.axes) == 3 and target.axes[0].constant is not None  # else positions come first
    if image and target.axes[1:] == prediction.axes[1:]:
        return f"let the decoder end in 'conv2d: {{channels: {target.axes[0]}, kernel: 1}}'"
    if target.axes and not image and target.axes[:-1] == prediction.axes[:-1]:
        return f"let the decoder end in 'linear: {target.features}'"
    return "target and prediction need the same positions"
