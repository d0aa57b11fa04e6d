"""Types of tensors: an element and axes, the batch implied."""

from __future__ import annotations

from typing import NamedTuple

from archgraph.core.dims import Dim

UNKNOWN = "?"  # stands for a size that is found by trying, on a cycle; no name of a spec is written so
ELEMENTS = ("real", "tokens", "class", "mask")


class TensorType(NamedTuple):
    """`real[T, width]`: an element of ELEMENTS, for tokens and class the number of symbols, and the axes."""

    element: str
    axes: tuple[Dim, ...]
    classes: Dim | None = None

    @property
    def features(self) -> Dim:
        """The size of the last axis."""
        return self.axes[-1]

    @property
    def unknown(self) -> bool:
        """Whether some size is still being found."""
        return any(UNKNOWN in axis.names for axis in self.axes)

    def widen(self, features: Dim) -> TensorType:
        """The type with another last axis."""
        return self._replace(axes=(*self.axes[:-1], features))

    def __str__(self) -> str:
        head = self.element + (f"({self.classes})" if self.classes is not None else "")
        return f"{head}[{', '.join(axis.shown for axis in self.axes)}]"


def real(*axes: Dim) -> TensorType:
    """A real tensor with the given axes."""
    return TensorType("real", axes)


def fits(given: TensorType, wanted: TensorType) -> bool:
    """Whether a type is the wanted one, or may still become it while its width is being found."""
    if given == wanted:
        return True
    return given.unknown and given.element == wanted.element and given.axes[:-1] == wanted.axes[:-1]
