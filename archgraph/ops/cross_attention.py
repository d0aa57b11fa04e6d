"""Cross-attention: a sequence calls someone who knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import ClassVar, Literal

from archgraph.core.dims import Dim
from archgraph.core.lags import PAST, POINTWISE, Transfer
from archgraph.graph.attending import additive, dot_product
from archgraph.graph.heads import Heads
from archgraph.graph.masks import Mask
from archgraph.graph.memory import FLAG, NUMBER, Saved
from archgraph.graph.operation import (
    Flag,
    Flow,
    Masks,
    Mismatch,
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


class CrossAttention(Heads):
    """Queries from the stream, keys and values from the context; `score: additive` is Bahdanau's.

    What is fed at `places` is added to the queries, what is fed at `context_places` to the keys, and not to values.
    """

    name: ClassVar[str] = "cross_attention"
    summary: ClassVar[str] = "attention of a sequence to a context, with dot-product or additive scores"
    reference: ClassVar[str] = "Vaswani et al. 2017, section 3.2; Bahdanau et al. 2015, appendix A.1.2 (additive)"
    example: ClassVar[str] = "cross_attention: {heads: 4}"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("in"),
        Port("context"),
        Port("places", required=False),
        Port("context_places", required=False),
    )
    words: ClassVar[str] = "Cross-attention"
    meanings: ClassVar[Mapping[str, str]] = {
        "score": "of a query and a key: their product, or a small network of their sum",
        "hidden": "units of that network",
        "causal": "whether the context is read up to the same position alone",
    }

    score: Literal["dot", "additive"] = "dot"
    hidden: Size | None = None
    causal: Flag = False

    def shape(self, given: Types) -> dict[str, TensorType]:
        """`real[T, n]` and a context `real[S, m]` to `real[T, n]`; to `real[T, m]` with additive scores."""
        x, context = given["in"][0], given["context"][0]
        length, width = need_sequence(x, self.name)
        size, features = need_sequence(context, f"the context of {self.name}")
        if self.causal and length != size:
            raise Mismatch(f"causal cross-attention needs equal lengths, and gets {x} and {context}", port="context")
        if self.causal and self.score == "additive":
            raise Mismatch(
                "additive scores read the whole context", hint="write score: dot, or remove causal", field="causal"
            )
        if (given.get("places") or given.get("context_places")) and (self.causal or self.score == "additive"):
            raise Mismatch("places are added to queries and keys of plain dot products", port="places")
        self.fit_places(given)
        if self.score == "additive":
            self._only_additive()
            return {"out": x.widen(features)}
        self.fit(width)
        return {"out": x}

    def _only_additive(self) -> None:
        """Raise Mismatch for an argument of dot products where scores are additive."""
        for field in self.arguments():
            if field not in ("score", "hidden", "causal"):
                raise Mismatch(
                    f"'{field}' speaks of dot products, and the scores are additive",
                    hint=f"remove {field}, or write score: dot",
                    field=field,
                )

    def flow(self, given: Types) -> dict[tuple[str, str], Flow]:
        """The queries stay in place; the context is read whole, or up to the query's place if causal."""
        context = given["context"][0]
        place = len(given["in"][0].axes) - 2
        read = along(context, -2, PAST if self.causal else Transfer("everything", keeps=False))
        axes = tuple(
            (t, place if index == len(context.axes) - 2 and self.causal else None)
            for index, (t, _) in enumerate(read.axes)
        )
        asked = along(given["in"][0], -2, POINTWISE)
        flows: dict[tuple[str, str], Flow] = {}
        for port, flow in (("in", asked), ("context", Flow(axes)), ("places", asked), ("context_places", Flow(axes))):
            flows |= {(port, "out"): flow} if given.get(port) else {}
        return flows

    def mask(self, given: Masks, types: Types) -> dict[str, tuple[Mask | None, ...]]:
        """The mask of the queries."""
        return {"out": given["in"][0]}

    def make(self, site: Site) -> str:
        """The runtime layer."""
        width, context = site.types["in"][0].features, site.types["context"][0].features
        if self.score == "additive":
            return (
                f"{site.use('attention.AdditiveAttention')}({width}, context={context}, hidden={self.hidden or width})"
            )
        options = [f"{width}", f"{self.heads}"] + [f"context={context}"] * (context != width)
        options += ["causal=True"] * self.causal
        if self.plain() and not self.placed(site):
            options += ["bias=False"] * (not self.bias) + [f"dropout={self.dropout}"] * bool(self.dropout)
            name = "AlignedAttention" if self.causal else f"{self._looped(site)}CrossAttention"
            return f"{site.use(f'attention.{name}')}({', '.join(options)})"
        name = "GroupedAlignedAttention" if self.causal else f"{self._looped(site)}GroupedCrossAttention"
        options += self.options(
            width, apart=site.has("context_places") or ("k" in self.letters) != ("v" in self.letters)
        )
        return f"{site.use(f'grouped_attention.{name}')}({', '.join(options)})"

    def _looped(self, site: Site) -> str:
        """Whether a loop asks again and again for one context: "Looped", or "" if not."""
        return "Looped" if self._once(site.types) and site.still("context") else ""

    def _once(self, given: Types) -> bool:
        """Whether keys and values are those of the context alone, and so the same for all that ask."""
        return not (self.causal or given.get("context_places"))

    def emit(self, site: Site) -> str:
        """The call, with the mask of the context, and what a loop that asks again and again makes of it once."""
        real = "" if self.causal else site.real("context")
        more = ""
        if self.score == "additive":
            keys = site.ahead("context", "k", "keys")
            more = f"keys={keys}" if keys else ""
        elif self._looped(site):
            more = f"offered={site.ahead('context', 'offer', 'offered', 'tuple[Tensor, Tensor]')}"
        return site.call(site.given(), site.given("context"), real, *self.placed(site), more)

    def remembers(self, given: Types) -> bool:
        """The context so far, if causal."""
        return self.causal

    def start(self, site: Site) -> str:
        """Keys and values of the whole context, or room for them if causal."""
        if self.causal:
            return site.method("start", "batch", "capacity")
        places = [word for word in self.placed(site) if word.startswith("context_")]
        return site.method("start", site.given("context"), site.real("context"), *places)

    def step(self, site: Site, state: str) -> str:
        """The next steps, against the keys and values of the context, so far if causal."""
        if self.causal:
            return site.method("step", site.given(), site.given("context"), site.first(), state)
        places = [word for word in self.placed(site) if not word.startswith("context_")]
        return site.method("step", site.given(), state, *places)

    def parameters(self, given: Types) -> tuple[Parameter, ...]:
        """Query, key, value and output maps; or query, key and score maps."""
        width, context = given["in"][0].features, given["context"][0].features
        if self.score == "additive":
            hidden = dim(self.hidden) if self.hidden else width
            return (
                Parameter("q.weight", (hidden, width)),
                Parameter("q.bias", (hidden,)),
                Parameter("k.weight", (hidden, context)),
                Parameter("score.weight", (Dim.number(1), hidden)),
            )
        return self.learned(width, context)

    def flops(self, given: Types, results: Mapping[str, TensorType]) -> Dim:
        """The maps of both sides, scores and their average."""
        length, width = given["in"][0].axes[-2:]
        size, features = given["context"][0].axes[-2:]
        if self.score == "additive":
            hidden = dim(self.hidden) if self.hidden else width
            return length * width * hidden * 2 + size * features * hidden * 2 + length * size * (hidden + features) * 2
        return self.work((length, width), (size, features))

    def ahead(self, given: Types) -> dict[str, Dim]:
        """The keys of additive scores; keys and values of dot products."""
        size, features = given["context"][0].axes[-2:]
        if self.score == "dot":
            width = given["in"][0].features
            made = self.inner(width)[1] + self.values(width)[1]
            return {"context": size * features * made * 2} if self._once(given) else {}
        return {"context": size * features * (dim(self.hidden) if self.hidden else given["in"][0].features) * 2}

    def saves(self, given: Types, results: Mapping[str, TensorType]) -> Saved:
        """Both inputs, and what attention reads again; with additive scores, every pair of places."""
        length, width = given["in"][0].axes[-2:]
        size, features = given["context"][0].axes[-2:]
        if self.score == "additive":
            hidden = dim(self.hidden) if self.hidden else width
            return Saved(("in", "context"), numbers=length * size * (hidden + 2))
        return Saved(("in", "context"), numbers=self.reread((length, width), (size, features)))

    def state(self, given: Types, masks: Masks, capacity: Dim) -> Dim:
        """Keys and values of the whole context and its mask, or of all steps if causal; additive: keys and context."""
        width = given["in"][0].features
        size, features = given["context"][0].axes[-2:]
        if self.causal:
            return self.room(capacity, width)
        flags = size * FLAG if masks["context"][0][-2] is not None else Dim.number(0)
        if self.score == "additive":
            hidden = dim(self.hidden) if self.hidden else width
            return size * (hidden + features) * NUMBER + flags
        return self.room(size, width) + flags

    def equations(self, wired: Collection[str] = ()) -> tuple[str, ...]:
        """Queries, keys and values, and what the queries read."""
        if self.score == "additive":
            return additive("<context>")
        return dot_product("<context>", self.scores()._replace(causal=self.causal), wired)


OPERATION = CrossAttention
