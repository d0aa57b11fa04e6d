"""Learned tokens, or another tensor, in front of a sequence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from pydantic import field_validator

from archgraph.core.dims import Dim, Segment
from archgraph.core.lags import Transfer
from archgraph.core.names import refusal
from archgraph.graph.masks import Mask, Prefixed
from archgraph.graph.memory import Saved
from archgraph.graph.operation import (
    Flow,
    Masks,
    Mismatch,
    Operation,
    Parameter,
    Port,
    Site,
    Size,
    Types,
    along,
    dim,
    need_sequence,
)
from archgraph.graph.types import TensorType


class Prepend(Operation):
    """Something in front of a sequence, as a segment of its axis; what stood there keeps its own.

    Fed at `front`, that is put there: a sequence, or a vector as one position. Else `count` learned tokens are.
    """

    name: ClassVar[str] = "prepend"
    summary: ClassVar[str] = "put learned tokens (class, registers, memory) or another tensor in front of a sequence"
    reference: ClassVar[str] = "y = [c_1; ...; c_n; x_1; ...; x_T]; Devlin et al. 2019, Dosovitskiy et al. 2021"
    example: ClassVar[str] = "prepend: cls"
    obvious: ClassVar[str] = "segment"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), Port("front", required=False))
    words: ClassVar[str] = "Prepend"
    meanings: ClassVar[Mapping[str, str]] = {
        "segment": "what to call it, for take",
        "count": "how many learned tokens, where no front is fed",
    }

    segment: str
    count: Size = 1

    @field_validator("segment")
    @classmethod
    def _named(cls, value: str) -> str:
        reason = "it stands for what others are put in front of" if value == "rest" else refusal(value)
        if reason:
            raise ValueError(f"'{value}' cannot name a segment: {reason}")
        return value

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to `real[segment | T, n]`."""
        x = given["in"][0]
        length, _ = need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(f"'prepend' takes a sequence [T, features], and gets {x}")
        if self.segment in [part.name for part in length.parts]:
            raise Mismatch(
                f"there is a segment '{self.segment}' in {x}", hint="give this one another name", field="segment"
            )
        return {"out": TensorType(x.element, (Dim.joined((self._front(given), *length.parts)), x.features))}

    def _front(self, given: Types) -> Segment:
        """What is put in front; raises Mismatch where it does not fit."""
        if not given.get("front"):
            return Segment(self.segment, dim(self.count))
        x, front = given["in"][0], given["front"][0]
        if "count" in self.model_fields_set:
            raise Mismatch(
                f"'front' is {front}, and count: {self.count} speaks of learned tokens",
                hint="remove count, or the edge into 'front'",
                field="count",
                port="front",
            )
        if front.element != x.element or len(front.axes) not in (1, 2) or front.features != x.features:
            raise Mismatch(
                f"'front' goes in front of {x}, and is {front}", hint=f"end it in 'linear: {x.features}'", port="front"
            )
        if front.axes[0].segments and len(front.axes) == 2:
            raise Mismatch(f"'front' is {front}, which has segments itself", hint="take one of them", port="front")
        length = front.axes[0] if len(front.axes) == 2 else Dim.number(1)
        if length.constant is None and length != Dim.name(str(length)):
            raise Mismatch(
                f"'front' has {length} positions, and a segment in front has a number of them, or those of an axis",
                hint="put in front what is not cut or joined",
                port="front",
            )
        return Segment(self.segment, length)

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """What stood there keeps its segments; what is put in front has one before them."""
        x = given["in"][0]
        count = len(x.axes[0].parts)
        found = {("in", "out"): _placed(x, tuple(range(count)))}
        if given.get("front"):
            found["front", "out"] = _placed(given["front"][0], (count,))
        return found

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """All of the front is real; raises Mismatch where it is padded, for padding stands at the end."""
        x = given["in"][0]
        for front in given.get("front", ()):
            if any(front):
                raise Mismatch(
                    f"'front' is padded, and {types['in'][0]} behind it would not begin where the real positions end",
                    hint="read it by cross_attention, or give its variable no pad",
                    port="front",
                )
        return {"out": (Prefixed(x[0], self._front(types).size) if x[0] else None, x[1])}

    def make(self, site: Site) -> str:
        """The learned tokens, where nothing is fed."""
        if site.has("front"):
            return ""
        return f"{site.use('prepend.Prepend')}({site.types['in'][0].features}, {self.count})"

    def emit(self, site: Site) -> str:
        """One behind the other."""
        if not site.has("front"):
            return site.call(site.given())
        return f"torch.cat(({self.front(site)}, {site.given()}), 1)"

    def front(self, site: Site) -> str:
        """What is fed there, or the learned tokens, the same for every sample."""
        if not site.has("front"):
            return f"{site.module()}.tokens.expand(batch, -1, -1)"
        return f"{site.given('front')}{'.unsqueeze(1)' * (len(site.types['front'][0].axes) == 1)}"

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """The tokens (count, n)."""
        if given.get("front"):
            return ()
        return (Parameter("tokens", (dim(self.count), given["in"][0].features)),)

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """Nothing: gradients are cut where the tensors were joined."""
        return Saved()

    def title(self) -> str:
        """What is put in front."""
        return f"Prepend {self.segment}"

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """What is put there, and behind it the sequence: a column each."""
        return (rf"[ {'<front>' if 'front' in wired else '[C]'} , <in> ]",)


def _placed(given: TensorType, places: tuple[int, ...]) -> Flow:
    """The positions of a sequence, or a vector, at some segments of the first axis."""
    if len(given.axes) == 1:
        return Flow(((Transfer("everything"), 1),), (0, places))
    return Flow((along(given, 0, Transfer("placed", places=places)).axes), (0, places))


OPERATION = Prepend
