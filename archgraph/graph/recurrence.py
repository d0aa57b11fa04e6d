"""What recurrent layers have in common: with `state` fed they are a cell, else a layer over a sequence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar

from archgraph.core.dims import Dim
from archgraph.core.lags import EVERYTHING, PAST
from archgraph.graph.masks import Mask
from archgraph.graph.memory import NUMBER, Saved, product
from archgraph.graph.operation import (
    Flag,
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
    featurewise,
    meet_masks,
    need_features,
    need_sequence,
)
from archgraph.graph.types import TensorType, fits


class Recurrent(Operation):
    """A recurrent layer of `width` units; `kind` names it in the runtime, `gates` counts its maps."""

    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), Port("state", required=False))
    block: ClassVar[bool] = True
    obvious: ClassVar[str] = "width"
    kind: ClassVar[str]
    gates: ClassVar[int]
    reread: ClassVar[int]  # numbers of each unit that a backward pass of a layer reads, at each position
    # What a cell carries from step to step; the first is its output too.
    memory: ClassVar[tuple[str, ...]] = ("state",)
    meanings: ClassVar[Mapping[str, str]] = {
        "width": "units",
        "bidirectional": "whether a second layer reads from the end; the outputs stand side by side",
    }

    width: Size
    bidirectional: Flag = False

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` to `real[T, width]`, twice that if bidirectional; a cell takes any axes in front."""
        fed = [port for port in self.memory if given.get(port)]
        if fed:
            return self._cell(given, fed)
        x = given["in"][0]
        need_sequence(x, self.name)
        if len(x.axes) != 2:
            raise Mismatch(f"'{self.name}' takes a sequence [T, features], and gets {x}")
        return {"out": x.widen(dim(self.width) * (2 if self.bidirectional else 1))}

    def _cell(self, given: Types, fed: list[str]) -> dict[str, TensorType]:
        x = given["in"][0]
        need_features(x, self.name)
        if self.bidirectional:
            raise Mismatch(
                f"'{self.name}' with '{fed[0]}' fed is a cell, and bidirectional needs the whole sequence",
                hint=f"write bidirectional: false, or remove the edge into '{fed[0]}'",
                field="bidirectional",
                port=fed[0],
            )
        wanted = x.widen(dim(self.width))
        for port in self.memory:
            if port not in fed:
                raise Mismatch(
                    f"'{self.name}' has '{fed[0]}' fed, and '{port}' not",
                    hint=f"feed '{port}' too",
                    port=fed[0],
                )
            if not fits(given[port][0], wanted):
                raise Mismatch(
                    f"'{port}' of '{self.name}' must be {wanted}, and is {given[port][0]}",
                    hint=f"feed back what the cell gives, or write width: {given[port][0].features}"
                    if given[port][0].axes
                    else "feed back what the cell gives",
                    port=port,
                )
        return {port.name: wanted for port in self.ports_out()}

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """A cell mixes no positions; a layer reads what is not later, or all if bidirectional."""
        x = given["in"][0]
        if not given.get("state"):
            return {("in", "out"): along(x, -2, EVERYTHING if self.bidirectional else PAST)}
        ports = ("in", *self.memory)
        return {(port, out.name): featurewise(given[port][0]) for port in ports for out in self.ports_out()}

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """Real in each input; features have no mask."""
        met = meet_masks(masks for port in given.values() for masks in port)
        names = [port.name for port in self.ports_out()] if given.get("state") else ["out"]
        return {name: met for name in names}

    def make(self, site: Site) -> str:
        """The runtime layer, or its cell."""
        features = site.types["in"][0].features
        if site.has("state"):
            return f"{site.use(f'recurrent.{self.kind}Cell')}({features}, {self.width})"
        name = site.use(f"recurrent.{self.kind}")
        both = f", reverse={name}({features}, {self.width})" if self.bidirectional else ""
        return f"{name}({features}, {self.width}{both})"

    def emit(self, site: Site) -> str:
        """The call; only the reverse direction needs the mask, since padding is a suffix."""
        if site.has("state"):
            return site.call(site.given(), *(site.given(port) for port in self.memory))
        return site.call(site.given(), site.real() if self.bidirectional else "")

    def remembers(self, given: Types) -> bool:
        """A layer keeps its state; a cell is fed it."""
        return not given.get("state")

    def start(self, site: Site) -> str:
        """The state of a layer before the first step; that of a cell is wired."""
        return "" if site.has("state") else site.method("start", "batch")

    def step(self, site: Site, state: str) -> str:
        """The next steps."""
        return self.emit(site) if site.has("state") else site.method("step", site.given(), state)

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Maps of input and state and their biases, of both directions."""
        rows, width = dim(self.width) * self.gates, dim(self.width)
        shapes = {
            "weight_ih": (rows, given["in"][0].features),
            "weight_hh": (rows, width),
            "bias_ih": (rows,),
            "bias_hh": (rows,),
        }
        prefixes = ("", "reverse.") if self.bidirectional else ("",)
        return tuple(Parameter(prefix + name, shape) for prefix in prefixes for name, shape in shapes.items())

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """2 · positions · gates · width · (n + width), for each direction."""
        x, width = given["in"][0], dim(self.width)
        total = width * (x.features + width) * (self.gates * (4 if self.bidirectional else 2))
        for axis in x.axes[:-1]:
            total = total * axis
        return total

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """The inputs, and the gates and states of each position, in each direction."""
        reread = self.gates + 1 if given.get("state") else self.reread
        kept = dim(self.width) * reread * (2 if self.bidirectional else 1)
        return Saved(tuple(given), numbers=product(given["in"][0].axes[:-1]) * kept)

    def state(self, given: Types, masks: Masks, capacity: Dim) -> Dim:
        """What a layer carries on; that of a cell is wired."""
        return dim(self.width) * (0 if given.get("state") else len(self.memory) * NUMBER)

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """A step from the last state, of each direction."""
        if "state" in wired:
            return self.rule("<state>", "<out>")
        if not self.bidirectional:
            return self.rule(r"\zeta^{-1} <out>", "<out>")
        there, back = r"\boldsymbol{h}_{\rightarrow}", r"\boldsymbol{h}_{\leftarrow}"
        again = rf"\mathrm{{rev}} ( \mathrm{{{self.kind}}}_{{\leftarrow}} ( \mathrm{{rev}} ( <in> ) ) )"
        return (*self.rule(rf"\zeta^{{-1}} {there}", there), f"{back} = {again}", f"[ {there} ; {back} ]")

    def rule(self, before: str, after: str) -> tuple[str, ...]:
        """The lines of one step: how the state `after` it comes from that `before` it, in TeX."""
        raise NotImplementedError(self.name)

    @staticmethod
    def gate(part: str, before: str) -> str:
        """The argument of a gate: its maps of input and state, and its bias."""
        return f"[W_{{{part}}}] <in> + [U_{{{part}}}] {before} + [b_{{{part}}}]"
