"""Programs past the rules, and what finite changes of their models show."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor

import torch
from torch import Tensor, nn

from archgraph.check.analyse import analyse
from archgraph.compiler.load import instantiate
from archgraph.core.diagnostic import Collector
from archgraph.core.lags import Lags
from archgraph.graph.program import Program
from archgraph.lang.build import Choice, load
from archgraph.lang.files import open_text
from archgraph.ops import Operations

Seen = Mapping[str, list[int]]  # of every variable, by position: the newest place of the changed one that it shows


def unchecked(text: str) -> Program:
    """The program of a text whatever the rules say of it."""
    into = Collector()
    graph = load(open_text(text.encode(), "<drawn>", into), Operations(), Choice(None, {}), into)
    assert graph is not None, [str(item) for item in into.items]
    program = analyse(graph, into)
    assert not into.failed, [item.message for item in into.items]
    return program


def lively(program: Program, seed: int, *, size: float = 1.0) -> nn.Module:
    """A model in double precision whose weights are large enough that every dependence shows, or `size` times that."""
    model = instantiate(program, seed).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
            parameter.copy_(noise * size * (0.6 if parameter.dim() > 1 else 0.3))
    return model


def computed(program: Program, model: nn.Module, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every computed variable that came out."""
    with torch.no_grad():
        out = model(**given)
    found = {name: getattr(out, name) for name, v in program.graph.variables.items() if not v.observed}
    return {name: x for name, x in found.items() if x is not None}


def changed(x: Tensor, place: int) -> Tensor:
    """The value with one position of its second axis changed, symbols to other symbols that mean nothing special."""
    x = x.clone()
    part = x[:, place]
    # Features change by different amounts: a norm or a softmax would not see one that is the same for all.
    x[:, place] = part + torch.linspace(0.7, 1.9, part.shape[-1]) if x.is_floating_point() else 3 + (part - 2) % 4
    return x


def seen(program: Program, model: nn.Module, given: Mapping[str, Tensor], name: str) -> Seen:
    """Change each position of one variable in turn, and see which positions of the others move."""
    before = computed(program, model, given)
    newest = {key: [-1] * x.shape[1] for key, x in before.items()}
    for place in range(given[name].shape[1]):
        after = computed(program, model, {**given, name: changed(given[name], place)})
        for key, x in before.items():
            moved = (after[key] - x).abs().flatten(2).amax((0, 2)) > 1e-13
            newest[key] = [place if hit else old for hit, old in zip(moved.tolist(), newest[key], strict=True)]
    return newest


def tells_length(program: Program, model: nn.Module, given: Mapping[str, Tensor], name: str, prediction: str) -> bool:
    """Whether a prediction at the first half of the positions shows that one variable goes on after them."""
    half = given[name].shape[1] // 2
    whole = computed(program, model, given)[prediction][:, :half]
    part = computed(program, model, {**given, name: given[name][:, :half]})[prediction]
    return bool(((part - whole).abs() > 1e-13).any())


def allowed(lags: Lags | None, position: int, length: int) -> int:
    """The newest place that the bounds let a position depend on, -1 for none."""
    last = -1
    for bound in lags.bounds if lags else ():
        if position >= bound.start:
            end = length - 1 if bound.offset is None else floor(bound.rate * position + bound.offset)
            last = max(last, min(end, length - 1))
    return last


def excluded(program: Program, found: Seen, name: str, length: int) -> list[str]:
    """Dependences that were seen and that the bounds exclude."""
    wrong = []
    for key, newest in found.items():
        lags = program.variables[key].time.get(name)
        for position, place in enumerate(newest):
            if place > allowed(lags, position, length):
                wrong.append(f"{key}[{position}] depends on {name}[{place}]: {lags}")
    return wrong


def leaks(found: Seen, prediction: str) -> bool:
    """Whether some position of a prediction shows the target at its own place or a later one."""
    return any(place >= position for position, place in enumerate(found[prediction]))
