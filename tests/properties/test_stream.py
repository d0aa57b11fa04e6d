"""Random causal graphs: step by step equals all at once, and what cannot go by steps says why."""

from __future__ import annotations

import random
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from archgraph.emit.steps.causal import predicted
from archgraph.graph.advance import looks_ahead
from archgraph.graph.program import Program
from archgraph.nn.generation import Causal
from tests.properties.graphs import LENGTH
from tests.properties.test_graphs import EVERY, drawn

CLOSE = 1e-12
MORE = 36  # more than all that a drawn graph looks ahead


def splits(length: int, seed: int) -> Iterator[tuple[int, ...]]:
    """Sizes of the pieces that are read: one by one, all in one go, and two random ways."""
    yield (0,) + (1,) * length
    yield (length,)
    rng = random.Random(seed)
    for _ in range(2):
        sizes, left = [], length
        while left:
            sizes.append(rng.randint(1, left))
            left -= sizes[-1]
        yield tuple(sizes)


def whole(program: Program, model: nn.Module, given: dict[str, Tensor]) -> Tensor:
    with torch.no_grad():
        found: Tensor = getattr(model(**given, **({"corrupt": False} if corrupts(model) else {})), prediction(program))
    return found


def corrupts(model: nn.Module) -> bool:
    return "corrupt" in model.forward.__annotations__


def prediction(program: Program) -> str:
    return predicted(program)[1].name


def going_on(model: Causal, given: dict[str, Tensor], seed: int) -> dict[str, Tensor]:
    """The target without padding, and with more behind it: what looks ahead sees where a sequence ends."""
    generator, y = torch.Generator().manual_seed(seed), given[model.target.name]
    shape = (len(y), y.shape[1] + MORE, *y.shape[2:])
    if model.target.symbols:
        return {**given, model.target.name: torch.randint(3, model.target.symbols, shape, generator=generator)}
    return {**given, model.target.name: torch.randn(shape, generator=generator, dtype=y.dtype)}


def worst(program: Program, model: Causal, given: dict[str, Tensor], seed: int) -> float:
    """The largest difference between what the streams give and the whole."""
    if any(looks_ahead(leaf) for _, leaf in program.leaves()):
        given = going_on(model, given, seed)
    wanted = whole(program, model, given)
    given = {**given, model.target.name: given[model.target.name][:, :LENGTH]}
    rest = {name: x for name, x in given.items() if name != model.target.name}
    y, found = given[model.target.name], 0.0
    length = y.shape[1]
    with torch.no_grad():
        for sizes in splits(length - 1, seed):
            stream, place = model.stream(batch=len(y), capacity=length, **rest), 0
            for size in sizes:
                now = stream.read(y[:, place : place + size])
                place += size
                found = max(found, float((now - wanted[:, place]).abs().max()))
    return found


@EVERY
def test_step_by_step_equals_all_at_once(seeds: range) -> None:
    streamed = 0
    for seed in seeds:
        program, model, given = drawn(seed, leaky=False)
        model.eval()
        if not isinstance(model, Causal):
            continue
        assert worst(program, model, given, seed) < CLOSE, seed
        streamed += 1
    assert streamed >= 0.7 * len(seeds), streamed


@EVERY
def test_only_what_changes_the_positions_is_refused_of_what_keeps_time(seeds: range) -> None:
    for seed in seeds:
        _, model, _ = drawn(seed, leaky=False)
        if isinstance(model, Causal):
            continue
        reason: str = model.reason  # type: ignore[assignment]
        assert "'rearrange'" in reason, (seed, reason)


def test_a_leaky_graph_has_no_stream() -> None:
    refused = 0
    for seed in range(40):
        program, model, given = drawn(seed, leaky=True)
        model.eval()
        if isinstance(model, Causal):
            assert worst(program, model, given, seed) < CLOSE, seed
        else:
            refused += 1
    assert refused


@EVERY
def test_steps_in_place_by_a_tensor_equal_those_by_a_number(seeds: range) -> None:
    compared = 0
    for seed in seeds[::2]:
        _, model, given = drawn(seed, leaky=False)
        model.eval()
        if isinstance(model, Causal):
            assert in_place(model, given) < CLOSE, seed
            compared += 1
    assert compared >= 0.35 * len(seeds), compared


def in_place(model: Causal, given: dict[str, Tensor]) -> float:
    """The largest difference of steps in place from others, by the size of what they predict."""
    rest = {name: x for name, x in given.items() if name != model.target.name}
    y, read, found = given[model.target.name], max(model.settled, 2) - 1, 0.0
    with torch.no_grad():
        one, other = (
            model.stream(batch=len(y), capacity=y.shape[1], compiled=call, **rest) for call in (None, model.static_step)
        )
        for stream in (one, other):
            stream.read(y[:, :read])
        for place in range(read, y.shape[1] - 1):
            left, right = one.step(y[:, place]), other.step(y[:, place])
            found = max(found, float((left - right).abs().max() / left.abs().max().clamp(min=1)))
    return found
