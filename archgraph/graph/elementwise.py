"""What operations have in common that work on each number by itself, or on equal tensors number by number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.graph.memory import Saved
from archgraph.graph.operation import Mismatch, Operation, Port, Site, Types, need_features
from archgraph.graph.types import TensorType

_SIGNS = {"+": "+", "*": r"\odot"}


class Elementwise(Operation):
    """A function of each number; `function` names it in torch, `by_value` that its value tells its gradient."""

    function: ClassVar[str]
    by_value: ClassVar[bool] = False

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[...]` to itself; energies are `real[]`."""
        if given["in"][0].axes or given["in"][0].element != "real":
            need_features(given["in"][0], self.name)
        return {"out": given["in"][0]}

    def emit(self, site: Site) -> str:
        """The call of the function."""
        return f"{self.function}({site.given()})"

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """What went in, or where that is enough, what came out."""
        return Saved(outputs=("out",)) if self.by_value else Saved(("in",))


class Join(Operation):
    """Equal tensors joined number by number; nothing broadcasts. `sign` stands between them."""

    inputs: ClassVar[tuple[Port, ...]] = (Port("in", many=True),)
    sign: ClassVar[str]

    def shape(self, given: Types) -> dict[str, TensorType]:
        """Several `real[..., n]` of one type to that type."""
        first, *others = given["in"]
        if first.element in ("tokens", "class"):
            raise Mismatch(f"'{self.name}' takes real numbers, and gets {first}", hint="put an embedding in front")
        for other in others:
            if other != first:
                raise Mismatch(
                    f"'{self.name}' takes equal types, and gets {first} and {other}", hint=_mend(first, other)
                )
        return {"out": first}

    def emit(self, site: Site) -> str:
        """The tensors with the sign between them."""
        return f" {self.sign} ".join(site.all())

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The factors of a product; a sum needs nothing."""
        return Saved(("in",)) if self.sign == "*" else Saved()

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The tensors with the sign of mathematics between them."""
        return (f"<in|{_SIGNS[self.sign]}>",)


def _mend(first: TensorType, other: TensorType) -> str:
    if len(first.axes) != len(other.axes):
        shorter, longer = sorted((first, other), key=lambda given: len(given.axes))
        missing = [axis for axis in longer.axes if axis not in shorter.axes]
        return f"put 'expand: {missing[0]}' behind {shorter}" if missing else "give both the same axes"
    if first.axes[:-1] == other.axes[:-1] and first.axes:
        return f"put 'linear: {first.features}' behind {other}"
    return "give both the same axes"
