"""The published models: what each is, that it is short, quick to check, and that it learns."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from inspect import signature
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch._dynamo.testing import CompileCounter

import archgraph
from archgraph.compiler import program
from archgraph.graph.module import Variable

FOLDER = Path(__file__).parents[2] / "specs" / "models"
SPECS = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}
FAMILIES = {
    "bahdanau": "recurrent model",
    "bert": "denoising autoencoder",
    "clip": "joint embedding",
    "detr": "classifier",
    "gpt2": "language model",
    "llama3": "language model",
    "mae": "denoising autoencoder",
    "mistral": "language model",
    "perceiver_io": "denoising autoencoder",
    "t5": "conditional language model",
    "vit": "classifier",
}
LINES = {"gpt2": 40}
LENGTHS = {"S": 7, "T": 5}


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def value(variable: Variable, sizes: Mapping[str, int]) -> Tensor:
    """A value of an observed variable of a tiny model; symbols that mean something special do not occur."""
    assert variable.type is not None
    shape = (4, *(int(axis.value(sizes)) for axis in variable.type.axes))
    if variable.type.element == "mask":
        return torch.rand(shape) < 0.5
    if variable.type.classes is None:
        return torch.randn(shape)
    count = int(variable.type.classes.value({}))
    return torch.randint(min(4, count - 1), count - 1, shape) if count > 2 else torch.randint(0, count, shape)


def values(name: str, **lengths: int) -> dict[str, Tensor]:
    """Seeded values of all that a tiny model observes."""
    torch.manual_seed(1)
    graph = program(SPECS[name], variant="tiny").graph
    sizes = LENGTHS | lengths | graph.sizes
    return {key: value(variable, sizes) for key, variable in graph.variables.items() if variable.observed}


def test_every_model_is_told_of() -> None:
    assert set(SPECS) == set(FAMILIES)


@pytest.mark.parametrize("name", SPECS)
def test_a_model_is_what_its_paper_calls_it_in_every_variant(name: str) -> None:
    found = archgraph.check(SPECS[name])
    assert found.diagnostics == ()
    assert found.classification == FAMILIES[name]
    assert archgraph.check(SPECS[name], variant="tiny").diagnostics == ()


@pytest.mark.parametrize("name", SPECS)
def test_a_model_is_short_and_says_first_who_does_what(name: str) -> None:
    lines = SPECS[name].read_text(encoding="utf-8").splitlines()
    assert len(lines) < LINES.get(name, 80)
    assert max(map(len, lines)) <= 120
    assert lines[0].startswith("# ")
    assert lines[0].endswith(".")
    assert lines[1].startswith(("# ", "archgraph: 1"))


@pytest.mark.parametrize("name", SPECS)
def test_a_check_takes_less_than_half_a_second(name: str) -> None:
    times = []
    for _ in range(3):
        before = time.perf_counter()
        archgraph.check(SPECS[name])
        times.append(time.perf_counter() - before)
    assert min(times) < 0.5


@pytest.mark.parametrize("name", SPECS)
def test_a_tiny_model_learns(name: str) -> None:
    model, given = archgraph.compile(SPECS[name], variant="tiny", seed=0), values(name)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(15):
        torch.manual_seed(3)  # the same corruption and the same dropout in each step
        loss = model(**given).loss
        optimizer.zero_grad()
        loss.backward()
        assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.95 * losses[0]


@pytest.mark.parametrize("name", ["llama3", "mistral", "t5", "mae", "detr"])
def test_a_model_is_one_graph_for_torch(name: str) -> None:
    model, given = archgraph.compile(SPECS[name], variant="tiny", seed=0).eval(), values(name)
    flags = {"corrupt": False} if name == "mae" else {}
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(**given, **flags).loss, model(**given, **flags).loss)


@pytest.mark.parametrize("name", ["gpt2", "llama3", "mistral"])
def test_torch_compiles_no_more_graphs_for_more_lengths(name: str) -> None:
    model, graphs = archgraph.compile(SPECS[name], variant="tiny", seed=0).eval(), CompileCounter()
    torch._dynamo.reset()
    compiled = torch.compile(model, fullgraph=True, backend=graphs)
    for length in (5, 9, 30, 2):
        y = torch.randint(3, 60, (2, length))
        torch.testing.assert_close(compiled(y=y).y_tilde, model(y=y).y_tilde)
    assert graphs.frame_count == 2  # one for the first length, one for all others


def test_what_is_corrupted_needs_no_more_graphs_for_more_lengths() -> None:
    model, graphs = archgraph.compile(SPECS["bert"], variant="tiny", seed=0).eval(), CompileCounter()
    torch._dynamo.reset()
    compiled = torch.compile(model, fullgraph=True, backend=graphs)
    for length in (5, 9, 17):
        given = values("bert", T=length)
        torch.manual_seed(3)
        found = compiled(**given)
        torch.manual_seed(3)
        torch.testing.assert_close(found.loss, model(**given).loss)
    assert graphs.frame_count == 2


@pytest.mark.parametrize("name", SPECS)
def test_weights_that_are_saved_are_loaded(name: str) -> None:
    one, other = (archgraph.compile(SPECS[name], variant="tiny", seed=seed).eval() for seed in (0, 1))
    other.load_state_dict(one.state_dict())
    given = values(name)
    flags = {"corrupt": False} if "corrupt" in signature(one.forward).parameters else {}
    assert torch.equal(one(**given, **flags).loss, other(**given, **flags).loss)


@pytest.mark.parametrize("name", ["llama3", "mistral"])
def test_a_model_is_exported_for_any_batch_and_length(name: str) -> None:
    model, size = archgraph.compile(SPECS[name], variant="tiny", seed=0).eval(), torch.export.Dim
    shapes = {"y": {0: size("batch", min=1, max=64), 1: size("T", min=2, max=512)}}
    exported = torch.export.export(model, (), {"y": torch.randint(3, 60, (3, 7))}, dynamic_shapes=shapes).module()
    for shape in ((1, 5), (4, 11)):
        y = torch.randint(3, 60, shape)
        torch.testing.assert_close(exported(y=y).y_tilde, model(y=y).y_tilde)
