"""A compiled model is an ordinary module: torch compiles, exports, copies, pickles and casts it."""

from __future__ import annotations

import copy
import pickle
import re
import subprocess
import sys
import traceback
import warnings
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import archgraph
from archgraph.compiler import program
from tests.emit.samples import ROOT, STORY, emitted_model, values

DRAWN_ONLY = "latent_predictive"
NAMES = [path.stem for path in sorted(STORY.glob("*.yaml")) if path.stem != DRAWN_ONLY]
EXPORTED = ("transformer", "language_model", "autoencoder")
EVERY = pytest.mark.parametrize("name", NAMES)


def made(name: str, **params: float) -> tuple[nn.Module, dict[str, Tensor]]:
    """A story model with seeded weights in eval mode, and values for it."""
    path = STORY / f"{name}.yaml"
    model = archgraph.compile(path, variant="tiny", params=params, seed=0).eval()
    return model, values(program(path, variant="tiny"))


def same(a: object, b: object) -> bool:
    """Whether two outputs are equal bit for bit."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return a is None and b is None


def close(a: tuple[object, ...], b: tuple[object, ...]) -> None:
    """Raise unless the tensors of two outputs are close."""
    for x, y in zip(a, b, strict=True):
        if isinstance(x, Tensor):
            torch.testing.assert_close(x, y, rtol=1e-4, atol=1e-5)


def run(model: nn.Module, given: dict[str, Tensor]) -> tuple[object, ...]:
    """The output under a fixed seed of torch's generator, which corruptions draw from."""
    torch.manual_seed(5)
    out: tuple[object, ...] = model(**given)
    return out


@EVERY
def test_compiled_is_what_the_emitted_source_gives(name: str) -> None:
    path = STORY / f"{name}.yaml"
    text = archgraph.compiler.resolved(path, variant="tiny")
    model, given = archgraph.compile(text, seed=3).eval(), values(text)
    other = emitted_model(text, seed=3).eval()
    assert list(model.state_dict()) == list(other.state_dict())
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    assert same(run(model, given), run(other, given))


@EVERY
def test_a_seed_leaves_the_default_generator_alone(name: str) -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    made(name)
    archgraph.compile(STORY / f"{name}.yaml", variant="tiny", seed=4)
    assert torch.equal(torch.random.get_rng_state(), before)


@EVERY
def test_another_seed_gives_other_weights_and_the_same_gives_the_same(name: str) -> None:
    path = STORY / f"{name}.yaml"
    first, again, other = (archgraph.compile(path, variant="tiny", seed=s) for s in (0, 0, 1))
    pairs = list(zip(first.parameters(), again.parameters(), other.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b, _ in pairs)
    assert not all(torch.equal(a, c) for a, _, c in pairs)


@EVERY
def test_state_dict_keys_are_the_names_of_the_spec_in_its_order(name: str) -> None:
    known = program(STORY / f"{name}.yaml", variant="tiny")
    model, _ = made(name)
    state = model.state_dict()
    assert sorted(state) == sorted(path for path, _ in known.parameters())
    for path, parameter in known.parameters():
        assert tuple(state[path].shape) == tuple(int(axis.value({})) for axis in parameter.shape)


@EVERY
def test_state_dict_goes_round(name: str) -> None:
    model, given = made(name)
    other = archgraph.compile(STORY / f"{name}.yaml", variant="tiny", seed=9).eval()
    assert other.load_state_dict(model.state_dict()).missing_keys == []
    assert same(run(model, given), run(other, given))


@EVERY
def test_a_deep_copy_is_the_same_model_with_weights_of_its_own(name: str) -> None:
    model, given = made(name)
    twin = copy.deepcopy(model)
    assert type(twin) is type(model)
    assert same(run(model, given), run(twin, given))
    next(twin.parameters()).data.add_(1)
    assert not torch.equal(next(twin.parameters()), next(model.parameters()))


@EVERY
def test_torch_compiles_the_whole_graph(name: str) -> None:
    model, given = made(name)
    torch._dynamo.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fast = torch.compile(model, fullgraph=True, backend="eager")
        close(run(model, given), run(fast, given))


@pytest.mark.slow
def test_inductor_gives_the_same_autoencoder() -> None:
    model, given = made("autoencoder")
    torch._dynamo.reset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        close(run(model, given), run(torch.compile(model, fullgraph=True), given))


@pytest.mark.parametrize("name", EXPORTED)
def test_torch_exports_with_batch_and_time_left_open(name: str) -> None:
    model, given = made(name)
    dims = {key: torch.export.Dim(key, min=2, max=64) for key in ("batch", "S", "T")}
    known = program(STORY / f"{name}.yaml", variant="tiny").graph.variables
    shapes = {}
    for key in given:
        axes = known[key].type.axes if known[key].type else ()
        free = {i + 1: dims[str(axis)] for i, axis in enumerate(axes) if axis.constant is None}
        shapes[key] = {0: dims["batch"], **free}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported = torch.export.export(model, (), given, dynamic_shapes=shapes).module()
    other = values(program(STORY / f"{name}.yaml", variant="tiny"), seed=2, batch=5, S=11, T=9)
    close(run(model, other), tuple(exported(**other)))


@pytest.mark.parametrize("name", ["rnn", "rnn_seq2seq"])
def test_torch_exports_a_recurrent_graph_at_a_static_length(name: str) -> None:
    model, given = made(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported = torch.export.export(model, (), given).module()
    other = values(program(STORY / f"{name}.yaml", variant="tiny"), seed=2)
    close(run(model, other), tuple(exported(**other)))


UNPICKLE = """
import pickle, sys
import torch
torch.set_num_threads(1)
with open(sys.argv[1], "rb") as file:
    model, out, given = pickle.load(file)
torch.manual_seed(5)
again = model(**given)
assert type(again) is type(out), (type(again), type(out))
assert all(torch.equal(a, b) for a, b in zip(out, again) if isinstance(a, torch.Tensor))
assert again.loss.item() == out.loss.item() and type(out).__name__ == "Output"
pickle.dumps((model, again))
"""


@pytest.mark.parametrize("name", ["transformer_interleaved", "rnn_seq2seq", "denoising_autoencoder"])
def test_model_and_output_are_pickled_into_a_second_process(name: str, tmp_path: Path) -> None:
    model, given = made(name)
    out = run(model, given)
    out = type(out)(*(part.detach() if isinstance(part, Tensor) else part for part in out[:-1]), {})  # type: ignore[call-arg]
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps((model, out, given)))
    command = [sys.executable, "-c", UNPICKLE, str(path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr


@EVERY
def test_autocast_runs_in_half_the_bits(name: str) -> None:
    model, given = made(name)
    full = run(model, given)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        half = run(model, given)
    for a, b in zip(full, half, strict=True):
        if isinstance(a, Tensor):
            torch.testing.assert_close(a, b.to(a.dtype), rtol=0.1, atol=0.1 * max(1.0, float(a.detach().abs().max())))


@EVERY
def test_the_model_follows_to_double_precision(name: str) -> None:
    model, given = made(name)
    full = run(model, given)
    model.to(torch.float64)
    real = {key: x.double() if x.is_floating_point() else x for key, x in given.items()}
    out = run(model, real)
    # Noise is drawn anew in another precision, so only shapes can be compared where a graph corrupts.
    for a, b in zip(full, out, strict=True):
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            assert b.dtype == torch.float64
            assert a.shape == b.shape
            if name != "denoising_autoencoder":
                torch.testing.assert_close(a.double(), b, rtol=1e-3, atol=1e-4)


@EVERY
def test_a_batch_of_one_gives_what_it_gives_in_a_batch(name: str) -> None:
    if name == "denoising_autoencoder":
        return
    model, given = made(name)
    whole = run(model, given)
    for index in range(2):
        alone = run(model, {key: x[index : index + 1] for key, x in given.items()})
        for field in ("h", "y_tilde", "energy"):
            a, b = getattr(whole, field, None), getattr(alone, field, None)
            if a is not None:
                torch.testing.assert_close(a[index : index + 1], b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["transformer", "rnn", "rnn_seq2seq", "conditional_predictive"])
def test_without_a_target_what_does_not_depend_on_it_is_computed(name: str) -> None:
    model, given = made(name)
    whole, part = run(model, given), run(model, {"x": given["x"]})
    assert part.loss is None and part.energy is None and part.C is None and part.losses == {}  # type: ignore[attr-defined]
    if name == "rnn":
        assert torch.equal(part.y_tilde, whole.y_tilde)  # type: ignore[attr-defined]
    else:
        assert part.y_tilde is None  # type: ignore[attr-defined]


def test_energy_scores_candidates() -> None:
    model, given = made("transformer")
    assert torch.equal(model.energy(**given), model(**given).energy)
    assert model.energy(**given).shape == (3,)


def test_a_traceback_shows_the_emitted_line() -> None:
    model, given = made("transformer")
    with pytest.raises(ValueError, match=r"x holds torch\.float32") as caught:
        model(given["x"].float(), given["y"])
    shown = "".join(traceback.format_exception(caught.value))
    assert "x = self.embedding(x)" in shown or "self.encoder(x, x_real)" in shown
    assert "archgraph.emitted" in shown


SHAPES = """
archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  k: {kind: input, type: "real[2]"}
  y: {kind: target, type: "real[T, 1]"}
  v: {kind: target, type: "real[T, 1]"}
  h: hidden
  y_tilde: prediction
  v_tilde: prediction
nodes:
  a: {role: decoder, op: {linear: 1}}
  b: {role: decoder, op: {linear: 1}}
  e: {op: relu}
  C: {role: cost, op: squared_error}
  D: {role: cost, op: cosine}
edges:
  - x -> a -> y_tilde
  - x -> b -> v_tilde
  - k -> e -> h
  - y, y_tilde -> C
  - v, v_tilde -> D
"""


@pytest.mark.parametrize(
    ("name", "shape", "wanted"),
    [
        ("x", (3, 5, 7), "(3, 5, 8)"),
        ("x", (3, 5), "(3, 5, 8)"),
        ("y", (3, 5), "(3, 5, 1)"),
        ("y", (3, 1, 1), "(3, 5, 1)"),
        ("y", (1, 5, 1), "(3, 5, 1)"),
        ("v", (3, 5, 2), "(3, 5, 1)"),
    ],
)
def test_nothing_that_is_given_is_stretched_in_silence(name: str, shape: tuple[int, ...], wanted: str) -> None:
    model = archgraph.compile(SHAPES)
    given = {"x": torch.rand(3, 5, 8), "k": torch.rand(3, 2), "y": torch.rand(3, 5, 1), "v": torch.rand(3, 5, 1)}
    assert model(**given).loss is not None
    with pytest.raises(ValueError, match=re.escape(f"{name} has the shape {shape}, and must have {wanted}")):
        model(**{**given, name: torch.rand(shape)})


def test_a_fixed_axis_is_held_to_its_length() -> None:
    model = archgraph.compile(SHAPES + "dims: {T: 4}\n")
    with pytest.raises(ValueError, match=re.escape("x has the shape (3, 5, 8), and must have (3, 4, 8)")):
        model(x=torch.rand(3, 5, 8), k=torch.rand(3, 2))


def test_an_argument_that_compile_has_not_is_named() -> None:
    with pytest.raises(TypeError, match=r"compile\(\) has no argument 'recomput'"):
        archgraph.compile(STORY / "autoencoder.yaml", variant="tiny", recomput=True)  # type: ignore[call-arg]
