"""Random graphs: what is proved of a program holds for its module."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

import archgraph
from archgraph.emit.statements import Statements
from archgraph.graph.program import NodeFacts, Program
from archgraph.report.table import table
from tests.emit.samples import emitted_model, executed, model_class, values
from tests.nn.apart import weights
from tests.properties.graphs import LENGTH, SOURCE, draw
from tests.properties.probe import computed, excluded, leaks, lively, seen, unchecked

FEW = 120
SIZES = {"T": LENGTH, "S": SOURCE}
EVERY = pytest.mark.parametrize(
    "seeds",
    [range(0, FEW), pytest.param(range(FEW, 100 * FEW), marks=pytest.mark.slow)],
    ids=["few", "many"],
)
LEAKY = {"AG086", "AG090"}


def drawn(seed: int, *, leaky: bool = True) -> tuple[Program, nn.Module, dict[str, Tensor]]:
    program = unchecked(draw(seed, leaky=leaky).text)
    given = {k: x.double() if x.is_floating_point() else x for k, x in values(program, seed=seed, **SIZES).items()}
    return program, lively(program, seed), given


def observed(program: Program, model: nn.Module, given: dict[str, Tensor]) -> Iterator[tuple[str, object, object]]:
    """The shape of every result that a submodule gives, and the one that was inferred."""
    shapes: dict[str, tuple[int, ...]] = {}
    loops = {member for group in program.net.order if group.scan for member in group.members}
    facts: dict[str, NodeFacts] = {
        path: each for path, each in program.nodes() if path.split(".")[0] not in loops and each.node.repeat is None
    }
    for path in facts:
        try:
            module = model.get_submodule(path)
        except AttributeError:
            continue  # what holds no weights has no submodule

        def note(_: nn.Module, args: object, out: object, path: str = path) -> None:
            if isinstance(out, Tensor):
                shapes[path] = tuple(out.shape)

        module.register_forward_hook(note)
    for name, x in computed(program, model, given).items():
        yield name, tuple(x.shape), expected(program.variables[name].type.axes)
    for path, shape in shapes.items():
        yield path, shape, expected(facts[path].results["out"].type.axes)


def expected(axes: tuple[object, ...]) -> tuple[int, ...]:
    return (3, *(int(axis.value(SIZES)) for axis in axes))  # type: ignore[attr-defined]


@EVERY
def test_inferred_shapes_are_the_observed_ones(seeds: range) -> None:
    count = 0
    for seed in seeds:
        for name, shape, inferred in observed(*drawn(seed)):
            assert shape == inferred, (seed, name)
            count += 1
    assert count > 5 * len(seeds)


@EVERY
def test_what_is_drawn_to_keep_time_is_accepted_and_a_refused_graph_does_leak(seeds: range) -> None:
    clean = leaking = 0
    for seed in seeds:
        graph = draw(seed)
        codes = {item.code for item in archgraph.check(graph.text).diagnostics if item.severity == "error"}
        assert codes <= LEAKY, (seed, codes)
        program, model, given = drawn(seed)
        found = seen(program, model, given, "y")
        assert leaks(found, "y_tilde") == bool(codes), (seed, codes)
        assert not (graph.clean and codes), seed
        clean += graph.clean
        leaking += bool(codes)
    assert clean > len(seeds) // 4 and leaking > len(seeds) // 8


@EVERY
def test_no_dependence_is_seen_that_the_bounds_exclude(seeds: range) -> None:
    for seed in seeds[::2]:
        program, model, given = drawn(seed)
        for name in given:
            found = seen(program, model, given, name)
            lengths = {**SIZES}
            length = lengths["S" if name == "x" else "T"]
            assert excluded(program, found, name, length) == [], seed


@EVERY
def test_emitted_equals_compiled_bit_for_bit(seeds: range) -> None:
    for seed in seeds[::2]:
        text = draw(seed, leaky=False).text
        given = values(text, seed=seed, **SIZES)
        a, b = archgraph.compile(text, seed=seed), emitted_model(text, seed)
        assert list(a.state_dict()) == list(b.state_dict())
        for x, y in zip(a(**given), b(**given), strict=True):
            assert not isinstance(x, Tensor) or torch.equal(x, y), seed


@EVERY
def test_joining_lines_changes_no_bit(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in seeds[::3]:
        program, _, given = drawn(seed)
        joined = lively(program, seed)
        with monkeypatch.context() as patch:
            patch.setattr(Statements, "_merged", lambda *_: "")
            from archgraph.compiler.load import source

            apart = model_class(executed(source(program)))().double()
        apart.load_state_dict(joined.state_dict())
        for a, b in zip(
            computed(program, joined, given).values(), computed(program, apart, given).values(), strict=True
        ):
            assert torch.equal(a, b), seed


@EVERY
def test_parameters_are_those_of_the_state_dict(seeds: range) -> None:
    for seed in seeds:
        program, model, _ = drawn(seed)
        learned = {name: tuple(p.shape) for name, p in weights(model).items()}
        known = {name: tuple(int(axis.value({})) for axis in p.shape) for name, p in program.parameters()}
        assert learned == known, seed
        assert sum(p.numel() for p in model.parameters()) == program.count().constant


@EVERY
def test_padding_changes_nothing_at_real_positions(seeds: range) -> None:
    tried = 0
    for seed in seeds:
        program, model, given = drawn(seed)
        kinds = {name: program.graph.variables[name].pad for name in given}
        if kinds["y"] is None:
            continue
        tried += 1
        lengths = {"y": torch.tensor([12, 6, 6])}
        y = given["y"]
        real = torch.arange(LENGTH) < lengths["y"].unsqueeze(1)
        y = torch.where(real, y, 0) if kinds["y"] == 0 else torch.where(real.unsqueeze(-1), y, 7.0)
        junk = torch.full_like(y, 0 if kinds["y"] == 0 else torch.nan)
        more = {"lengths": lengths} if kinds["y"] == "lengths" else {}
        short = computed(program, model, {**given, "y": y, **more})
        long = computed(program, model, {**given, "y": torch.cat((y, junk), 1), **more})
        for name, x in short.items():
            for row, length in enumerate(lengths["y"].tolist()):
                kept = length * x.shape[1] // LENGTH
                a, b = x[row, :kept], long[name][row, :kept]
                torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9, msg=f"{seed} {name}")
        assert all(x.isfinite().all() for x in short.values())
    assert tried > len(seeds) // 3


@EVERY
def test_flops_are_those_that_torch_counts(seeds: range) -> None:
    tried = 0
    for seed in seeds:
        graph = draw(seed, leaky=False)
        if any(word in graph.text for word in ("gru", "lstm", "rnn")):
            continue  # torch's counter does not know its own recurrent kernels
        tried += 1
        program, model, given = drawn(seed, leaky=False)
        with warnings.catch_warnings(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            warnings.simplefilter("ignore")
            model(**given)
        stated = int(table(program).flops.value(SIZES)) * 3
        assert abs(stated - counter.get_total_flops()) <= 0.01 * stated, seed
    assert tried > len(seeds) // 8
