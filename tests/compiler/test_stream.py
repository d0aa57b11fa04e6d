"""A causal model runs step by step: equal to the whole, at a cost that does not grow, and generates."""

from __future__ import annotations

import copy
import itertools
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

import archgraph
from archgraph.nn.generation import Causal
from tests.emit.samples import STORY

CAUSAL = (
    "conditional_predictive",
    "language_model",
    "pronunciation",
    "rnn_seq2seq",
    "transformer",
    "transformer_interleaved",
    "models/bahdanau",
    "models/gpt2",
    "models/llama3",
    "models/mistral",
    "models/t5",
)
OTHERS = ("autoencoder", "sequence_autoencoder", "rnn", "bag_of_words")
B, T, S = 3, 9, 6

BEHIND = """
archgraph: 1
name: behind
variables:
  y: {kind: target, type: "tokens(9)[T]", pad: 0, start: 1, stop: 2}
  h: hidden
  y_tilde: prediction
nodes:
  enc:
    role: encoder
    layers: [{embedding: {width: 4, positions: sinusoidal}}, {self_attention: {heads: 2, causal: true}}]
  other: {role: encoder, layers: [{embedding: 4}, {gru: 4}]}
  both: {layers: [add, {conv1d: {channels: 4, kernel: 3, padding: causal}}]}
  predictor: {role: predictor, layers: [add, {gru: 4}]}
  decoder: {role: decoder, layers: [{linear: 9}]}
  C: {role: cost, op: cross_entropy}
edges:
  - y -> enc
  - y -[delay 2]-> other
  - enc, other -> both
  - both -[delay 2]-> predictor
  - both -[delay]-> predictor
  - predictor -> h -> decoder -> y_tilde
  - y, y_tilde -> C
"""

FED = """
archgraph: 1
name: fed
variables:
  x: {kind: input, type: "real[T, 3]", pad: lengths}
  s: {kind: input, type: "real[4]"}
  y: {kind: target, type: "real[T, 2]", pad: lengths}
  h: {kind: hidden, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  source: {role: encoder, layers: [{linear: 4}, {gru: {width: 4, bidirectional: true}}, {linear: 4}]}
  enc: {role: encoder, layers: [{linear: 4}]}
  predictor: {role: predictor, layers: [concat, {linear: 4}, tanh, {repeat: 2, layers: [{residual: [{lstm: 4}]}]}]}
  decoder: {role: decoder, layers: [{linear: 2}]}
  C: {role: cost, op: squared_error}
edges:
  - x -> source -> predictor
  - y -[delay]-> enc -> predictor -> h -> decoder -> y_tilde
  - h -[delay]-> predictor
  - s -[initial]-> h
  - y, y_tilde -> C
"""

STOPPED = """
archgraph: 1
name: stopped
variables:
  y: {kind: target, type: "tokens(5)[T]", pad: 0, start: 1, stop: 2}
  y_tilde: prediction
nodes:
  enc: {role: encoder, op: {embedding: 5}}
  predictor: {role: predictor, layers: [{gru: 5}]}
  decoder: {role: decoder, op: {linear: 5}}
  C: {role: cost, op: cross_entropy}
edges:
  - y -[delay]-> enc -> predictor -> decoder -> y_tilde
  - y, y_tilde -> C
"""


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def model_of(spec: Path | str, **options: Any) -> Causal:
    model = archgraph.compile(spec, seed=0, **options).eval()
    assert isinstance(model, Causal)
    return model


def story(name: str) -> Causal:
    return model_of((STORY.parent if "/" in name else STORY) / f"{name}.yaml", variant="tiny")


def inputs(model: Causal) -> tuple[dict[str, Tensor], Tensor]:
    """A source whose second row is shorter, where there is one, and a target."""
    needed = model.forward.__annotations__
    y = torch.randint(3, model.target.symbols, (B, T))
    if "x" not in needed:
        return {}, y
    x = torch.randint(3, 16, (B, S))
    x[1, 3:] = 0
    return {"x": x}, y


def stepped(model: Causal, given: dict[str, Tensor], y: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """Every prediction, read in pieces of these sizes; only the last of a piece is seen."""
    stream, place, found = model.stream(batch=len(y), capacity=y.shape[1] + 1, **given), 0, []
    for size in sizes:
        found.append(stream.read(y[:, place : place + size]))
        place += size
    return torch.stack(found, 1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", CAUSAL)
def test_steps_equal_the_whole(name: str, dtype: torch.dtype) -> None:
    model = story(name).to(dtype)
    given, y = inputs(model)
    y = y.clamp(max=model.target.symbols - 2)  # GPT-2's last symbol pads
    with torch.no_grad():
        whole = model(**given, y=y).y_tilde
        close = {"rtol": 0, "atol": 1e-5 if dtype == torch.float32 else 1e-12}
        torch.testing.assert_close(stepped(model, given, y, (0, *[1] * (T - 1))), whole, **close)
        torch.testing.assert_close(stepped(model, given, y, (2, 1, 4)), whole[:, [2, 3, 7]], **close)


@pytest.mark.parametrize("name", CAUSAL)
def test_forward_is_not_run_while_stepping(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = story(name)
    given, y = inputs(model)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("forward was run")

    monkeypatch.setattr(type(model), "forward", never)
    stream = model.stream(**given, batch=B)
    stream.step()
    stream.step(y[:, 0])


def test_a_target_that_is_read_without_delay_is_delayed_later() -> None:
    model = model_of(BEHIND).double()
    y = torch.randint(3, 9, (B, T))
    with torch.no_grad():
        whole = model(y=y).y_tilde
        for sizes in ((0, *[1] * (T - 1)), (1, 3, 4), (8,)):
            places = list(itertools.accumulate(sizes))
            torch.testing.assert_close(stepped(model, {}, y, sizes), whole[:, places], rtol=0, atol=1e-12)


def test_a_cycle_an_initial_value_and_an_aligned_source_go_along() -> None:
    model = model_of(FED).double()
    x, s, y = (torch.randn(B, *size, dtype=torch.float64) for size in ((T, 3), (4,), (T, 2)))
    lengths = torch.tensor([T, 5, 7])
    with torch.no_grad():
        whole = model(x=x, s=s, y=y, lengths={"x": lengths, "y": lengths}).y_tilde
        for sizes in ((0, *[1] * (T - 1)), (1, 3, 4)):
            places = list(itertools.accumulate(sizes))
            stream, place = model.stream(x=x, s=s, lengths={"x": lengths}, capacity=T), 0
            for stop in places:
                found = stream.read(y[:, place:stop])
                real = stop < lengths
                torch.testing.assert_close(found[real], whole[real, stop], rtol=0, atol=1e-12)
                place = stop


def test_a_step_costs_the_same_wherever_it_stands() -> None:
    model = story("language_model")
    stream, costs = model.stream(batch=1, capacity=64), []
    with torch.no_grad():
        for _ in range(40):
            with FlopCounterMode(display=False) as counter:
                stream.step(torch.tensor([5]))
            counts = counter.get_flop_counts()["Global"]
            costs.append(sum(n for op, n in counts.items() if "attention" not in str(op)))
    assert costs[0] > 0 and len(set(costs[1:])) == 1


@pytest.mark.parametrize("name", ["language_model", "transformer"])
def test_of_a_prompt_the_last_place_alone_is_decoded(name: str) -> None:
    model = story(name)
    given, y = inputs(model)
    seen: list[tuple[int, ...]] = []
    model.get_submodule("decoder.linear").register_forward_hook(lambda _, x, out: seen.append(tuple(out.shape)))
    with torch.no_grad():
        model.stream(**given, batch=B).read(y)
    assert seen == [(B, 1, 64)]


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_causal_says_by_which_path(name: str) -> None:
    model: Any = archgraph.compile(STORY / f"{name}.yaml", variant="tiny")
    for method in (model.generate, model.stream):
        with pytest.raises(ValueError, match=r"y_tilde|no cost compares a sequence|y -> encoder"):
            method()


def test_an_attention_to_all_is_named_with_its_way_and_line() -> None:
    spec = STOPPED.replace("-[delay]-> enc ->", "-> enc ->").replace(
        "op: {embedding: 5}}", "layers: [{embedding: 5}, self_attention]}"
    )
    spec = spec.replace("predictor: {role: predictor, layers: [{gru: 5}]}", "predictor: {layers: [tanh]}")
    model: Any = archgraph.compile(spec)
    with pytest.raises(ValueError, match=r"y -> enc\.self_attention: 'self_attention' \(line 8\) reads all of it"):
        model.generate(max_length=3)


@pytest.mark.parametrize("name", ["batch", "capacity", "first", "model", "state", "stop", "temperature", "weight"])
def test_a_variable_called_as_an_argument_of_streams_compiles_and_says_so(name: str) -> None:
    fed = FED.replace("  s: {", f"  {name}: {{").replace("- s -[", f"- {name} -[")
    targeted = (
        STOPPED.replace("  y: {", f"  {name}: {{").replace("- y -[", f"- {name} -[").replace("- y, y", f"- {name}, y")
    )
    for spec in (fed, targeted):
        model: Any = archgraph.compile(spec, seed=0)
        with pytest.raises(ValueError, match=f"the variable '{name}' is called as something that a stream needs"):
            model.generate(max_length=2)
    assert model(**{name: torch.randint(3, 5, (2, 4))}).loss.isfinite()


@pytest.mark.parametrize("name", ["generate", "reason", "start", "step", "stream", "target"])
def test_a_node_called_as_a_method_of_streams_stays_a_node(name: str) -> None:
    plain, model = (
        archgraph.compile(spec, seed=0)
        for spec in (STOPPED, STOPPED.replace("enc", name).replace(f"{name}oder", "encoder"))
    )
    y = torch.randint(3, 5, (2, 4))
    torch.testing.assert_close(model(y=y).loss, plain(y=y).loss)
    assert torch.equal(pickle.loads(pickle.dumps(model))(y=y).loss, model(y=y).loss)
    assert f"{name}.tokens" in model.state_dict()


def test_a_copy_and_a_pickle_stream_alike() -> None:
    model = story("language_model")
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(other) is type(model) and other.target == model.target
        assert torch.equal(other.generate(max_length=5), model.generate(max_length=5))


def test_rows_go_on_where_their_prompts_end() -> None:
    model = story("language_model")
    prompts = torch.tensor([[5, 6, 7, 8], [9, 4, 0, 0], [3, 0, 0, 0]])
    made = model.generate(y=prompts, max_length=6, stop=-1)
    for row, size in enumerate((4, 2, 1)):
        alone = model.generate(y=prompts[row : row + 1, :size], max_length=6, stop=-1)
        assert made[row, : size + 6].tolist() == alone[0].tolist()
        assert (made[row, size + 6 :] == 0).all()


def test_generation_is_what_forward_finds_likeliest() -> None:
    model = story("transformer")
    given, _ = inputs(model)
    made = model.generate(**given, max_length=7, stop=-1)
    for place in range(7):
        slot = torch.cat((made[:, :place], torch.full((B, 1), 3)), 1)
        logits = model(**given, y=slot).y_tilde[:, -1]
        logits[:, [0, 1]] = -torch.inf
        assert torch.equal(logits.argmax(-1), made[:, place])


def test_a_search_as_wide_as_all_sequences_finds_the_likeliest() -> None:
    model = model_of(STOPPED).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(4)
    best: tuple[float, list[int]] = (-float("inf"), [])
    for size in (1, 2, 3):
        for symbols in itertools.product((2, 3, 4), repeat=size):
            if 2 in symbols[:-1] or (size < 3 and symbols[-1] != 2):
                continue
            logits = model(y=torch.tensor([[*symbols]])).y_tilde[0].float()
            logits[:, [0, 1]] = -torch.inf
            score = float(logits.log_softmax(-1)[range(size), list(symbols)].detach().sum())
            best = max(best, (score, [*symbols]))
    made = model.generate(max_length=3, beams=40)
    assert made.tolist() == [best[1]]
    assert model.generate(max_length=3, beams=2).shape[1] <= 3


def test_beams_go_on_from_prompts_of_different_lengths() -> None:
    model = story("language_model")
    prompts = torch.tensor([[5, 6, 7], [9, 0, 0]])
    made = model.generate(y=prompts, max_length=4, beams=3, stop=-1)
    for row, size in enumerate((3, 1)):
        alone = model.generate(y=prompts[row : row + 1, :size], max_length=4, beams=3, stop=-1)
        assert made[row, : size + 4].tolist() == alone[0].tolist()


def test_what_is_drawn_depends_on_the_generator_alone() -> None:
    model = story("language_model")

    def drawn(seed: int, **options: Any) -> list[int]:
        generator = torch.Generator().manual_seed(seed)
        return model.generate(max_length=30, temperature=3.0, generator=generator, stop=-1, **options)[0].tolist()

    torch.manual_seed(3)
    first = drawn(1)
    torch.manual_seed(4)
    assert drawn(1) == first != drawn(2)
    assert drawn(1, top_k=1) == model.generate(max_length=30, stop=-1)[0].tolist() == drawn(5, top_p=1e-9)
    assert not {0, 1} & set(first)


def test_top_p_keeps_the_likeliest_that_together_pass_it() -> None:
    from archgraph.nn.choice import Choice, choose

    logits, generator = torch.log(torch.tensor([[0.5, 0.3, 0.15, 0.05]])), torch.Generator().manual_seed(0)
    for top_p, kept in ((0.4, {0}), (0.6, {0, 1}), (0.8, {0, 1}), (0.81, {0, 1, 2}), (1.0, {0, 1, 2, 3})):
        choice = Choice(1.0, None, top_p, generator)
        assert {int(choose(logits, choice)) for _ in range(300)} == kept


def test_generation_leaves_the_mode_as_it_was() -> None:
    model = story("language_model").train()
    model.generate(max_length=2)
    assert model.training
    with pytest.raises(ValueError, match=r"call eval\(\) first"):
        model.stream()


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"temperature": 0.0}, "temperature is 0.0, and must be above 0"),
    ({"temperature": -1.0}, "temperature is -1.0"),
    ({"temperature": float("nan")}, "temperature is nan"),
    ({"top_k": 0}, "top_k is 0"),
    ({"top_p": 1.5}, "top_p is 1.5, and must be at most 1"),
    ({"beams": 0}, "beams is 0"),
    ({"beams": 2, "temperature": 1.0}, "beams search for the likeliest"),
    ({"max_length": 0}, "max_length is 0"),
    ({"max_length": 4097}, "y would reach 4097 symbols, and the model has positions for 4096"),
    ({"y": torch.zeros(0, 3, dtype=torch.long)}, "y has no samples"),
    ({"y": torch.tensor([[99]])}, "y holds 99, and there are 64 symbols"),
    ({"y": torch.tensor([[-1]])}, "y holds -1"),
)


@pytest.mark.parametrize(("options", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input_is_named_before_any_work(
    options: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = story("language_model")

    def never(*_: object) -> None:
        raise AssertionError("work was done")

    monkeypatch.setattr(type(model), "step", never)
    with pytest.raises(ValueError, match=message):
        model.generate(**{"max_length": 4, **options})


def test_a_source_of_another_batch_is_named() -> None:
    model = story("transformer")
    with pytest.raises(ValueError, match="y has 3 samples, and x 2"):
        model.generate(x=torch.full((2, 4), 5), y=torch.full((3, 2), 5), max_length=2)


def test_a_stream_ends_at_its_capacity() -> None:
    stream = story("language_model").stream(batch=2, capacity=3)
    stream.step()
    with pytest.raises(ValueError, match="y has 3 samples, and the stream 2"):
        stream.step(torch.tensor([5, 5, 5]))
    stream.read(torch.tensor([[5, 5], [6, 6]]))
    with pytest.raises(ValueError, match="y would reach step 4, past the capacity of 3"):
        stream.step(torch.tensor([5, 5]))
    with pytest.raises(ValueError, match="stands at the beginning"):
        stream.step()


def test_a_prediction_that_is_not_finite_is_named() -> None:
    model = story("language_model")
    with torch.no_grad():
        model.decoder.linear.bias[3] = torch.nan  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="the prediction of symbol 1 in sample 0 is not finite"):
        model.generate(max_length=2)


def test_real_sequences_stream_and_do_not_generate() -> None:
    with pytest.raises(ValueError, match="y holds real numbers"):
        model_of(FED).generate(x=torch.randn(1, 4, 3), s=torch.randn(1, 4), max_length=2)
