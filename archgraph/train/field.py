"""What training needs to know of an observed variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from archgraph.train.errors import TrainError


class ObservedType(Protocol):
    """The type of a variable: `tokens(n)[T]`, `real[T, 3]`, ..."""

    @property
    def element(self) -> str:
        """`tokens`, `class`, `real` or `mask`."""

    @property
    def classes(self) -> object:
        """The number of symbols, or something symbolic where the data decides."""


class Observed(Protocol):
    """An input or a target of a checked spec."""

    @property
    def name(self) -> str:
        """The name in the spec."""

    @property
    def kind(self) -> str:
        """`input` or `target`."""

    @property
    def type(self) -> ObservedType:
        """Element and axes."""

    @property
    def pad(self) -> int | str | None:
        """The padding symbol, `"lengths"`, or None."""

    @property
    def start(self) -> int | None:
        """The start symbol."""

    @property
    def stop(self) -> int | None:
        """The stop symbol."""

    @property
    def codec(self) -> str | None:
        """How text becomes ids."""


@dataclass(frozen=True)
class Field:
    """An observed variable in plain data, as a checkpoint keeps it.

    Attributes:
        name: the name in the spec.
        kind: `input` or `target`.
        element: `tokens`, `class`, `real` or `mask`.
        classes: number of symbols; None where the data decides (`vocab: auto`).
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

    @classmethod
    def of(cls, variable: Observed) -> Field:
        """Take the facts over from a variable of the checked graph."""
        size = variable.type.classes
        return cls(
            name=variable.name,
            kind=variable.kind,
            element=variable.type.element,
            classes=size if isinstance(size, int) else None,
            pad=variable.pad,
            start=variable.start,
            stop=variable.stop,
            codec=variable.codec,
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
