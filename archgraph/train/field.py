"""What training needs to know of an observed variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from archgraph.core.dims import Dim
from archgraph.graph.module import Variable
from archgraph.train.errors import TrainError


@dataclass(frozen=True)
class Field:
    """An observed variable in plain data, as a checkpoint keeps it.

    Attributes:
        name: the name in the spec.
        kind: `input` or `target`.
        element: `tokens`, `class`, `real` or `mask`.
        classes: number of symbols; None where the data decides (`vocab: auto`).
        symbol: the param that stands for the number of symbols where the data decides.
        length: how many positions there always are, of tokens; None where the data decides.
        pad: padding symbol, `"lengths"`, or None.
        start: start symbol.
        stop: stop symbol.
        codec: `chars`, `bytes`, `words`, a file, or None.
    """

    name: str
    kind: str
    element: str
    classes: int | None = None
    pad: int | str | None = None
    start: int | None = None
    stop: int | None = None
    codec: str | None = None
    symbol: str = ""
    length: int | None = None

    @classmethod
    def of(cls, variable: Variable, sizes: Mapping[str, int] | None = None) -> Field:
        """Take the facts over from an observed variable of a checked graph, whose type is stated.

        Args:
            variable: of the graph.
            sizes: of the axes that the spec fixes (`dims`).
        """
        assert variable.type is not None, variable.name
        size, axes = variable.type.classes, variable.type.axes
        fixed = {name: Dim.number(length) for name, length in (sizes or {}).items()}
        return cls(
            name=variable.name,
            kind=variable.kind,
            element=variable.type.element,
            classes=size.constant if size is not None else None,
            symbol=str(size) if size is not None and size.constant is None else "",
            pad=variable.pad,
            start=variable.start,
            stop=variable.stop,
            codec=variable.codec or None,
            length=axes[0].replace(fixed).constant if axes and variable.type.element == "tokens" else None,
        )

    @property
    def special(self) -> frozenset[int]:
        """Ids that no symbol of a text may take."""
        ids = (self.pad, self.start, self.stop)
        return frozenset(i for i in ids if isinstance(i, int))

    @property
    def symbolic(self) -> bool:
        """Whether its values are ids that a codec may make."""
        return self.element in ("tokens", "class")

    def to_json(self) -> dict[str, Any]:
        """Return the fields as a mapping that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Field:
        """Rebuild what `to_json` returned.

        Raises:
            TrainError: the mapping lacks a field or has one too many.
        """
        try:
            return cls(**data)
        except TypeError as fault:
            raise TrainError(f"the checkpoint's description of a variable is unreadable: {fault}") from fault


def in_columns(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the fields in the order of a row: inputs, then targets, each as the spec lists them."""
    return tuple(sorted(fields, key=lambda field: field.kind != "input"))
