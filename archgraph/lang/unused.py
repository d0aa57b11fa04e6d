"""Blocks that nothing uses: what is wrong with them whatever their arguments will be."""

from __future__ import annotations

from contextlib import suppress

from archgraph.core.diagnostic import Collector, Stop
from archgraph.core.source import Scalar
from archgraph.lang.bodies import Builder
from archgraph.lang.faults import graph, schema, values
from archgraph.lang.params import Environment, Refused
from archgraph.lang.spec import BlockSpec, UseSpec

_ALWAYS = frozenset(
    fault.code
    for fault in (
        *(schema.OPERATION, schema.UNKNOWN_KEY, schema.OTHER_KEY, schema.FORM, schema.MISSING, schema.RESERVED),
        *(schema.BLOCK, schema.PARAM, schema.CHAIN, schema.ROLE),
        *(values.WRONG_KIND, values.UNKNOWN_NAME),
        *(graph.NOTHING, graph.SELF_LOOP, graph.SHARE, graph.CROWDED, graph.UNFED, graph.UNTOUCHED),
    )
)
# Where each param has a value of its own, that has to be one that the block can be used with.
_WITH_DEFAULTS = _ALWAYS | {fault.code for fault in (values.EXPRESSION, values.NOT_WHOLE, values.ZERO)}


def check_unused(builder: Builder, into: Collector) -> None:
    """Record the faults of blocks that were not built, with the values that their params have."""
    apart = Collector()
    trial = Builder(builder.registry, builder.blocks, apart, builder.faulty)
    with suppress(Stop):  # what would be too large is none of the model's
        for name, block in builder.blocks.items():
            if name not in builder.used | trial.used:
                _try(trial, block, into)


def _try(trial: Builder, block: BlockSpec, into: Collector) -> None:
    before = len(trial.into.items)
    with suppress(Refused):
        trial.body(UseSpec(block.name, None, block.span), Environment({}, trial.into))
    kept = _WITH_DEFAULTS if _complete(block) else _ALWAYS
    for item in trial.into.items[before:]:
        if item.code in kept:
            into.add(item.fault, item.message, item.span, hint=item.hint, notes=item.notes, fixes=item.fixes)


def _complete(block: BlockSpec) -> bool:
    """Whether each param of a block has a value."""
    written = [entry.value for entry in block.params.entries] if block.params else []
    return all(isinstance(tree, Scalar) and tree.value is not None for tree in written)
