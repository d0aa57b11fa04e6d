"""What training needs and checking does not: something to lower."""

from __future__ import annotations

from archgraph.core.diagnostic import Collector, Fault
from archgraph.core.examples import AUTOENCODER, swap
from archgraph.graph.program import Program

MISSING = Fault(
    "AG047",
    "nothing to train by",
    story="""
Training lowers an energy, and this graph has none: no cost, no regulariser, no loss. It can be checked, drawn and
run. To train it, add a cost that compares a prediction with a target: `C: {role: cost, op: cross_entropy}`, and the
edge `y, y_tilde -> C`.
""",
    bad=swap(AUTOENCODER, ("  C: {role: cost, op: squared_error}\n", ""), ("  - y, y_tilde -> C\n", "")),
    good=AUTOENCODER,
)


def need_objective(program: Program, into: Collector) -> None:
    """Record that a program has no objective; for `train` alone, since everything else does without."""
    if not program.objectives:
        into.add(
            MISSING,
            f"'{program.graph.name}' has no cost, regulariser or loss: there is nothing to lower",
            program.graph.span,
            hint="add a cost: 'C: {role: cost, op: squared_error}', and the edge 'y, y_tilde -> C'",
        )
