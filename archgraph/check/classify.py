"""What a graph is, by a table of cases with precedence: the first row that holds names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from archgraph.check.pairs import Pair, pairs, upstream
from archgraph.graph.module import Variable
from archgraph.graph.program import Program

RECURRENT = ("gru", "lstm", "rnn")


class Facts(NamedTuple):
    """What the table looks at: the first target with its prediction, and what that is computed from."""

    program: Program
    pair: Pair
    before: frozenset[str]

    @property
    def target(self) -> Variable | None:
        """The observed variable that is the target; None where the target is computed."""
        variable = self.program.graph.variables.get(self.pair.own)
        computed = self.pair.cost.name not in {w.target.owner for w in self.program.graph.outof(self.pair.own)}
        return variable if variable and variable.observed and not computed else None

    def kinds(self) -> set[str]:
        """The kinds of the variables that the prediction is computed from, the target itself left out."""
        others = self.before - {self.pair.own}
        return {v.kind for name, v in self.program.graph.variables.items() if name in others}

    def crossed(self, mark: str) -> bool:
        """Whether some path from the target to its prediction crossed something."""
        return any(mark in bound.crossed for bound in self.pair.bounds)

    @property
    def recurrent(self) -> bool:
        """Whether a cycle, or an operation that keeps a state, is on the way to the prediction."""
        cycles = any(group.scan and group.members[0] in self.before for group in self.program.net.order)
        leaves = self.program.leaves()
        return cycles or any(f.leaf.op.name in RECURRENT and path.split(".")[0] in self.before for path, f in leaves)


class Row(NamedTuple):
    """One case: what it is called, when it holds, and why it is called so."""

    name: str
    holds: Callable[[Facts], bool]
    why: str


TABLE = (
    Row("joint embedding", lambda f: f.target is None, "the prediction is compared with a computed representation"),
    Row("latent-variable model", lambda f: "latent" in f.kinds(), "the prediction depends on a variable never known"),
    Row("recurrent model", lambda f: f.recurrent, "a state is carried from step to step"),
    Row(
        "conditional language model",
        lambda f: f.crossed("delay") and "input" in f.kinds(),
        "the delayed target and an input predict the target",
    ),
    Row("language model", lambda f: f.crossed("delay"), "the delayed target predicts the target"),
    Row("denoising autoencoder", lambda f: f.crossed("corruption"), "the corrupted target predicts the target"),
    Row(
        "conditional autoencoder",
        lambda f: bool(f.pair.bounds) and "input" in f.kinds(),
        "the target is encoded and decoded again, given an input",
    ),
    Row("autoencoder", lambda f: bool(f.pair.bounds), "the target is encoded and decoded again"),
    Row(
        "classifier",
        lambda f: f.pair.target.type.element in ("class", "tokens", "mask"),
        "an input predicts which of several the target is",
    ),
    Row("regressor", lambda f: True, "an input predicts the numbers of the target"),
)
NOTHING = "graph without a target"
UNCOMPARED = "graph without a cost"  # there is a target, and nothing compares it with a prediction


def classify(program: Program) -> str:
    """The name of the family that a program belongs to, judged by its first target and prediction."""
    first = next(pairs(program), None)
    if first is None:
        if _joins(program):
            return "joint embedding"
        return UNCOMPARED if any(v.kind == "target" for v in program.graph.variables.values()) else NOTHING
    facts = Facts(program, first, upstream(program, first.wire.source.owner))
    return next(row.name for row in TABLE if row.holds(facts))


def _joins(program: Program) -> bool:
    """Whether a loss holds several representations against each other, as the contrastive one does."""
    energies = {node.name for node in program.objectives}
    losses = (node.name for node in program.objectives if node.role == "loss")
    return any(len({w.source.owner for w in program.graph.into(name)} - energies) > 1 for name in losses)
