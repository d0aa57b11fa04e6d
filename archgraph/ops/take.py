"""One segment of an axis."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim, Segment
from archgraph.core.lags import EVERYTHING, Transfer
from archgraph.core.suggest import hint
from archgraph.graph.masks import Mask, stretch
from archgraph.graph.notation import named
from archgraph.graph.operation import Flow, Masks, Mismatch, Operation, Site, Types, need_sequence
from archgraph.graph.types import TensorType

REST = "rest"


class Take(Operation):
    """The positions of a segment; one of length 1 loses its axis. `rest` is what others were put in front of."""

    name: ClassVar[str] = "take"
    summary: ClassVar[str] = "one segment of an axis that things were put in front of"
    reference: ClassVar[str] = "y = [x_a; ...; x_b] where the segment goes from a to b"
    example: ClassVar[str] = "take: cls"
    obvious: ClassVar[str] = "segment"
    words: ClassVar[str] = "Take"
    meanings: ClassVar[Mapping[str, str]] = {
        "segment": "its name, or `rest`",
    }

    segment: str

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[cls | T, n]` to `real[n]` for `cls`, to `real[T, n]` for `T` and `rest`."""
        x = given["in"][0]
        _, features = need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(f"'take' takes a sequence [T, features], and gets {x}")
        size = self._found(x).size
        return {"out": TensorType(x.element, (features,) if size.constant == 1 else (size, features))}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """The segment keeps its time; all else is left behind."""
        x = given["in"][0]
        gone = self._found(x).size.constant == 1
        taken = Transfer("taken", keeps=not gone, places=(len(x.axes[0].parts) - 1 - self._index(x),))
        axes = ((taken, None), (EVERYTHING, 0)) if gone else ((taken, 0), (EVERYTHING, 1))
        return {("in", "out"): Flow(axes)}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """That of the segment."""
        x = types["in"][0]
        positions, features = given["in"][0]
        last = self._index(x) == len(x.axes[0].parts) - 1
        found = stretch(positions, len(x.axes[0].parts) - 1) if last else None
        return {"out": (features,) if self._found(x).size.constant == 1 else (found, features)}

    def emit(self, site: Site) -> str:
        """A slice."""
        x = site.types["in"][0]
        parts, index = x.axes[0].parts, self._index(x)
        start = sum((part.size for part in parts[:index]), Dim(()))
        if parts[index].size.constant == 1 and start.constant is not None:
            return f"{site.given()}[:, {start}]"
        first = _written(start, site) if index else ""
        # the last segment may have any length, and needs no end
        stop = _written(start + parts[index].size, site) if index < len(parts) - 1 else ""
        ends = f"{first}:{stop}"
        one = ".squeeze(1)" if parts[index].size.constant == 1 else ""
        return f"{site.given()}[:, {ends}]{one}"

    def title(self) -> str:
        """What is taken."""
        return f"Take {self.segment}"

    def _found(self, x: TensorType) -> Segment:
        return x.axes[0].parts[self._index(x)]

    def _index(self, x: TensorType) -> int:
        """The place of the segment; raises Mismatch where there is none of that name."""
        if not x.axes[0].segments:
            raise Mismatch(
                f"'take: {self.segment}' selects a segment, and nothing was put in front of {x}",
                hint="put a prepend in front, or use pooling: first",
                field="segment",
            )
        parts = x.axes[0].parts
        names = [part.name for part in parts[:-1]] + [parts[-1].name or REST]
        if self.segment == REST:
            return len(parts) - 1
        if self.segment not in names:
            raise Mismatch(
                f"there is no segment '{self.segment}' in {x}", hint=hint(self.segment, names), field="segment"
            )
        return names.index(self.segment)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """The columns of the segment."""
        return (rf"<in> _{{{named(self.segment)}}}",)


def _written(size: Dim, site: Site) -> str:
    """The lengths of segments added up: of numbers and named axes."""
    words = [f"{value}" if not names else site.size(str(names[0])) for names, value in size.terms]
    return " + ".join(words)


OPERATION = Take
