"""What a program must have before it becomes source: numbers for every param, and nothing that is drawn only."""

from __future__ import annotations

from archgraph.core.diagnostic import Collector, Fault, SpecError
from archgraph.core.dims import Dim
from archgraph.graph.program import Program

AUTO = Fault("AG037", "a param that only data can tell")
LATENT = Fault("AG038", "a latent that nothing computes")


def guard(program: Program) -> None:
    """Raise SpecError if a param is still symbolic, or a latent has no producer."""
    into = Collector()
    for name, value in program.graph.params.items():
        if isinstance(value, Dim) and value.constant is None and value == Dim.name(name):
            into.add(
                AUTO,
                f"the param '{name}' is 'auto': only data can tell it",
                program.graph.span,
                hint=f"set it: --set {name}=64, or train, which reads it from the data",
            )
    for variable in program.graph.variables.values():
        wired = any(w.target.port == "in" for w in program.graph.into(variable.name))
        if variable.kind == "latent" and not wired:
            into.add(
                LATENT,
                f"nothing computes the latent '{variable.name}', and minimising over latents is not yet built",
                variable.span,
                hint="check and render it; or draw an edge that infers it",
            )
    if into.failed:
        raise SpecError(into)
