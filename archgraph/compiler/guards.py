"""What a program must have before it becomes source: numbers for every param, and nothing that is drawn only."""

from __future__ import annotations

from archgraph.check.objective import need_objective
from archgraph.core.diagnostic import Collector, Fault, SpecError
from archgraph.core.examples import AUTOENCODER, swap
from archgraph.graph.program import Program
from archgraph.lang.faults.values import AUTO

_LATENT = swap(
    AUTOENCODER,
    ("y_tilde: prediction", 'y_tilde: prediction\n  z: {kind: latent, type: "real[2]"}'),
    ("  - y ->", "  - z -> decoder\n  - y ->"),
    ("[{linear: 8}]", "[concat, {linear: 8}]"),
)
LATENT = Fault(
    "AG038",
    "a latent that nothing computes",
    story="""
A latent is never known. It can be inferred by a part of the graph, as in a variational autoencoder, or found by
lowering the energy over it, which is not built in this version. A spec with such a latent checks and draws; a module
of it could not run. Draw an edge that infers it.
""",
    bad=_LATENT,
    good=swap(
        _LATENT,
        ("  decoder: {", "  infer: {role: encoder, layers: [{linear: 2}]}\n  decoder: {"),
        ("  - z -> decoder", "  - y -> infer -> z -> decoder"),
    ),
)


def guard(program: Program) -> None:
    """Raise SpecError if a param is still symbolic, or a latent has no producer."""
    into = Collector()
    for name, span in program.graph.waiting.items():
        message = f"the param '{name}' is 'auto': only data can tell it"
        into.add(AUTO, message, span, hint=f"set it: --set {name}=64, or train, which reads it from the data")
    _need_producers(program, into)
    if into.failed:
        raise SpecError(into)


def guard_training(program: Program) -> None:
    """Raise SpecError if there is nothing to lower, or a latent has no producer; params may wait for the data."""
    into = Collector()
    need_objective(program, into)
    _need_producers(program, into)
    if into.failed:
        raise SpecError(into)


def _need_producers(program: Program, into: Collector) -> None:
    for variable in program.graph.variables.values():
        wired = any(w.target.port == "in" for w in program.graph.into(variable.name))
        if variable.kind == "latent" and not wired:
            into.add(
                LATENT,
                f"nothing computes the latent '{variable.name}', and minimising over latents is not yet built",
                variable.span,
                hint="check and render it; or draw an edge that infers it",
            )
