"""A target that its own prediction sees too early."""

from __future__ import annotations

import re

from archgraph.check.pairs import Pair, idle, open_to, pairs, upstream
from archgraph.check.rule import Rule
from archgraph.check.transfer import passing
from archgraph.core.diagnostic import Collector, Fault, Note
from archgraph.core.lags import Bound, Step
from archgraph.graph.program import Program

FAULT = Fault(
    "AG090",
    "the target leaks into its own prediction",
    story="""
A model that predicts must not see what it predicts: at every step, its prediction may depend on the target up to the
step before, and no further. Training would find the shortest way otherwise, copy the answer, reach a loss near zero,
and know nothing when the answer is not there.

The diagnostic prints the path that the target came along, and after each part how far it sees: "up to t - 1" is
fine, "up to t" or "all of it" is not. The usual cause stands where that changes: an attention that is not causal, a
convolution that looks ahead, pooling or batch statistics over time after the delay; or there is no delay at all.
Causality is written, never guessed: `causal: true` on an attention, `padding: causal` on a convolution.
""",
    bad="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [self_attention]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
    good="""
archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  encoder: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [{self_attention: {causal: true}}]}
  decoder: {role: decoder, layers: [{linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay]-> encoder -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
""",
)
MENDS = {
    "self_attention": "write 'causal: true' on the self_attention in line {line}",
    "cross_attention": "write 'causal: true' on the cross_attention in line {line}, or a context without '{own}'",
    "conv1d": "write 'padding: causal' on the conv1d in line {line}",
    "pooling": "take the pooling in line {line} off this path: it reads all of time",
    "gru": "take 'bidirectional' off the gru in line {line}, which reads time from its end too",
    "lstm": "take 'bidirectional' off the lstm in line {line}, which reads time from its end too",
    "rnn": "take 'bidirectional' off the rnn in line {line}, which reads time from its end too",
    "batch_norm": "use layer_norm in line {line}: the statistics of a batch are taken over all of time",
}
# As in "through encoder 'enc'" and "through predictor.self_attention (self_attention)".
_PASSED = re.compile(r"through (?:\w+ )?'?(\w+)")
_CLEAN = re.compile(r"sees up to t - \d+\Z")


def find(program: Program, into: Collector) -> None:
    """Record every way along which a prediction sees its own target at its own step, or later."""
    for pair in pairs(program):
        _computed(program, pair, into)
        _around(program, pair, into)
        if not pair.predicts:
            continue
        told: set[object] = set()
        for bound in pair.bounds:
            if open_to(bound) and not (idle(bound) and _is_told(into)):
                _record(pair, bound, told, into)


def _is_told(into: Collector) -> bool:
    """Whether an idle predictor was reported as an error: the same cause."""
    return any(item.code == "AG086" and item.severity == "error" for item in into.items)


def _record(pair: Pair, bound: Bound, told: set[object], into: Collector) -> None:
    steps = bound.path.chain() if bound.path else ()
    culprit = _culprit(steps)
    place = culprit.span if culprit else None
    if place in told:
        return
    told.add(place)
    note = f"'{pair.name}' sees '{pair.own}' because of this"
    into.add(
        FAULT,
        f"the target '{pair.own}' leaks into its own prediction '{pair.name}', which {_seen(str(bound))}",
        pair.span,
        hint=_hint(pair, bound, culprit),
        notes=(Note(note, place),) if place else (),
        trail=tuple(f"{_plain(step)}  {_seen(step.bound)}" for step in steps),
        way=_way(pair, steps),
    )


def _way(pair: Pair, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The parts of the top body from the target to its prediction, each once in a row."""
    passed = (found[1] for step in steps if (found := _PASSED.match(step.text)))
    names = [pair.own, *passed, pair.name]
    return tuple(name for name, before in zip(names, ["", *names], strict=False) if name != before)


def _culprit(steps: tuple[Step, ...]) -> Step | None:
    """The step after which what a delay had hidden is seen; None where nothing ever hid it."""
    clean = [index for index, step in enumerate(steps) if _CLEAN.match(step.bound)]
    if clean:
        return steps[clean[-1] + 1] if clean[-1] + 1 < len(steps) else None
    return steps[0] if steps and "reads how long" in steps[0].text else None


def _plain(step: Step) -> str:
    """What was passed; a variable alone without its quotes."""
    return step.text if " " in step.text else step.text.strip("'")


def _seen(bound: str) -> str:
    """A bound in words; a variable is itself up to its own step."""
    return "sees up to t" if bound == "itself" else bound


def _hint(pair: Pair, bound: Bound, culprit: Step | None) -> str:
    name = re.search(r"\((\w+)\)", culprit.text) if culprit else None
    if culprit and culprit.span and name and name[1] in MENDS:
        return MENDS[name[1]].format(line=culprit.span.line, own=pair.own)
    if culprit and bound.rate == 1 and bound.offset is not None:
        return f"delay '{pair.own}' by {int(bound.offset) + 1} more"
    if culprit:
        return f"take what reads ahead off the path, or feed it something else than '{pair.own}'"
    return f"put a delay on this path: '{pair.own} -[delay]-> ...'"


def _computed(program: Program, pair: Pair, into: Collector) -> None:
    """Record a target on a cost that carries a delay: its own time is shifted, and no bound on it would hold."""
    lags = pair.target.time.get(pair.own)
    observed = pair.own in program.graph.variables and program.graph.variables[pair.own].observed
    times = [lags] if observed and lags else list(pair.target.time.values())
    if any("delay" in bound.crossed for lag in times for bound in lag.bounds):
        into.add(
            FAULT,
            f"the target '{pair.own}' reaches its cost delayed, so that its prediction cannot be checked",
            pair.cost.span,
            hint="compare with the target itself, and delay it only on its way to the predictor",
        )


def _around(program: Program, pair: Pair, into: Collector) -> None:
    """Record a target that reaches the prediction of what is computed from it on a way around that."""
    variables = program.graph.variables
    if pair.own not in variables or variables[pair.own].observed:
        return
    before = upstream(program, pair.own)
    for name, variable in variables.items():
        lags = pair.prediction.time.get(name)
        if variable.kind != "target" or name not in before or lags is None:
            continue
        if not any(bound.crossed & {"predictor", "delay"} for bound in lags.bounds) and not pair.predicts:
            continue  # nothing is predicted: one representation is drawn to another, as of a code to its entry
        if any(not bound.crossed & {"corruption", passing(pair.own)} for bound in lags.bounds):
            into.add(
                FAULT,
                f"'{pair.own}' is computed from '{name}', and '{pair.name}' sees '{name}' by another way",
                pair.span,
                hint=f"let '{name}' reach the prediction through '{pair.own}' alone, or corrupted",
                notes=(Note("the target of the cost", variables[pair.own].span),),
            )


RULE = Rule(FAULT, find)
