"""What a spec takes on this machine: which works, which parts, which floor; never how long."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from torch import nn

from archgraph import compiler
from archgraph.cli.group import commands
from archgraph.measure import bench as measured
from archgraph.measure import works
from archgraph.measure.bench import Timed, bench
from archgraph.measure.calls import caught
from archgraph.measure.show import duration
from archgraph.measure.works import Subject, subject

STORY = Path(__file__).parents[2] / "specs" / "story"


def _subject(name: str, lengths: dict[str, int] | None = None, batch: int = 2) -> Subject:
    path = STORY / f"{name}.yaml"
    model = compiler.compile(path, variant="tiny", seed=0)
    return subject(model, compiler.program(path, variant="tiny"), lengths=lengths or {}, batch=batch)


def test_catches_products_that_inference_mode_leaves_whole() -> None:
    q, linear = torch.zeros(1, 2, 3, 4), nn.Linear(4, 4)
    with torch.inference_mode():
        found = caught(lambda: nn.functional.scaled_dot_product_attention(linear(q).relu(), q, q), products=True)
    assert [func.overloadpacket.__name__ for func, _, _ in found.calls] == ["linear", "scaled_dot_product_attention"]


def test_catches_the_products_and_nothing_else() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    x = torch.randn(5, 3)
    forward = caught(lambda: model(x), products=True)
    assert [str(func) for func, _, _ in forward.calls] == ["aten.addmm.default"] * 2
    both = caught(lambda: model(x).sum().backward(), products=True)
    assert [str(func) for func, _, _ in both.calls].count("aten.mm.default") == 3  # x itself needs no gradient
    assert {"addmm", "relu"} <= caught(lambda: model(x), products=False).seconds().keys()


def test_plays_the_products_again_with_the_same_tensors() -> None:
    weight, x = torch.randn(4, 4), torch.randn(4, 4)
    found = caught(lambda: torch.mm(x, weight), products=True)
    (func, args, kwargs) = found.calls[0]
    assert torch.equal(func(*args, **kwargs), x @ weight)
    found.again()
    assert len(found.calls) == 1


def test_times_all_works_of_a_causal_model_and_their_parts() -> None:
    found = bench(_subject("language_model", {"T": 6}), seconds=0, threads=1)
    assert [work.name for work in found.works] == ["forward", "training step", "decoding, a symbol"]
    assert all(work.floor > 0 and work.low <= work.seconds <= work.high for work in found.works)
    assert {part.name for part in found.parts} == {"encoder", "predictor", "decoder", "elsewhere"}
    assert all(0 <= part.share <= 1 for part in (*found.parts, *found.kinds))
    assert {part.work for part in found.kinds} == {"forward", "training step", "decoding"}
    assert (found.threads, found.batch, found.sizes) == (1, 2, {"T": 6})


def test_shares_sum_to_all_of_the_time() -> None:
    found = bench(_subject("transformer", {"S": 4, "T": 4}), seconds=0, threads=1)
    for parts in (found.parts, *([part for part in found.kinds if part.work == work.work] for work in found.kinds)):
        assert sum(part.share for part in parts) == pytest.approx(1, abs=0.02)
    assert [part.name for part in found.kinds].count("others") == len(found.works)


def test_the_copies_of_a_repeat_count_for_their_node(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(0.0, 1e-6)
    monkeypatch.setattr(measured, "perf_counter", lambda: next(ticks))  # each call takes as long as any other
    given = _subject("transformer_interleaved", {"S": 4, "T": 4})
    shares = {part.name: part.share for part in bench(given, seconds=0, threads=1).parts}
    copies = len(given.model.stack)
    assert copies > 1
    assert shares["stack"] == pytest.approx(copies * shares["decoder"])
    assert sum(shares.values()) == pytest.approx(1)


def test_rounds_end_where_patience_does(monkeypatch: pytest.MonkeyPatch) -> None:
    times = itertools.count(0.0, 1.0)
    monkeypatch.setattr(measured, "perf_counter", lambda: next(times))
    assert len(list(measured._rounds(0.0, 5, 200))) == 2
    times = itertools.count(0.0, 9.0)
    assert len(list(measured._rounds(0.0, 5, 200))) == 1
    times = itertools.count(0.0, 0.01)
    assert len(list(measured._rounds(0.0, 5, 200))) == 5
    assert len(list(measured._rounds(9.0, 5, 200))) == 200


def test_what_is_long_is_run_once_and_told_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "LONG", 0.0)
    given = _subject("transformer", {"S": 4, "T": 4})
    runs: list[str] = []
    for name in ("forward", "training"):
        work = getattr(works.Subject, name)
        monkeypatch.setattr(works.Subject, name, lambda self, name=name, work=work: (runs.append(name), work(self)))
    found = bench(given, seconds=0, threads=1)
    assert runs == ["forward", "training"]
    assert [work.rounds for work in found.works] == [1, 1, 1]
    assert all(0 < work.floor < work.seconds for work in found.works)
    for parts in (found.parts, *([part for part in found.kinds if part.work == work.work] for work in found.kinds)):
        assert sum(part.share for part in parts) == pytest.approx(1, abs=0.02)
    assert {part.name for part in found.parts} >= {"encoder", "decoder", "elsewhere"}


def test_a_training_step_that_is_too_long_is_left_out_with_what_would_time_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "LONGEST", 0.0)
    run = ["bench", str(STORY / "transformer.yaml"), "--variant", "tiny", "--length", "S=4", "--length", "T=4"]
    ran = CliRunner().invoke(commands, [*run, "--seconds", "0"])
    assert ran.exit_code == 0, ran.output
    assert "training step: left out, since it would take about" in " ".join(ran.output.split())
    assert "--seconds 1 times it" in " ".join(ran.output.split())
    found = bench(_subject("transformer", {"S": 4, "T": 4}), seconds=0.2, threads=1)
    assert [work.name for work in found.works] == ["forward", "training step", "decoding, a symbol"]


def test_tells_what_comes_next() -> None:
    lines: list[str] = []
    bench(_subject("autoencoder"), seconds=0, threads=1, tell=lines.append)
    assert lines == ["timing: forward", "timing: training step"]


def test_refuses_what_the_machine_has_no_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "memory", lambda: 1000)
    ran = CliRunner().invoke(commands, ["bench", str(STORY / "autoencoder.yaml"), "--variant", "tiny"])
    assert ran.exit_code == 2
    assert "this machine has 1e-06 GB: choose a smaller variant" in " ".join(ran.output.split())
    assert "there is room" not in ran.output


def test_tells_what_there_is_room_for_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "memory", lambda: 32 * 10**9)
    models = STORY.parent / "models"
    for name in ("llama3", "mistral"):
        ran = CliRunner().invoke(commands, ["bench", str(models / f"{name}.yaml")])
        assert ran.exit_code == 2
        told = " ".join(ran.output.split())
        assert "fewer layers (there is room for --variant tiny or --set layers=4)" in told


def test_what_cannot_go_by_steps_is_not_decoded() -> None:
    assert list(_subject("sequence_autoencoder").works()) == ["forward", "training step"]


def test_samples_have_the_lengths_and_the_batch_that_are_asked_for() -> None:
    found = _subject("transformer", {"T": 5, "S": 3}, batch=4)
    assert {name: tuple(value.shape) for name, value in found.given.items()} == {"x": (4, 3), "y": (4, 5)}
    assert all(int(value.min()) >= 3 for value in found.given.values())  # neither padding, start nor stop
    assert found.steps == 4


def test_threads_are_as_many_as_before_afterwards() -> None:
    bench(_subject("autoencoder"), seconds=0, threads=2)
    assert torch.get_num_threads() == 1


def test_the_distance_is_that_to_the_products() -> None:
    assert Timed("forward", 3.0, 2.0, 4.0, 1.5, 5).distance == 2.0
    assert Timed("forward", 3.0, 2.0, 4.0, 0.0, 5).distance == 0.0


@pytest.mark.parametrize(("seconds", "shown"), [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (4.56e-5, "45.6 µs")])
def test_durations_have_the_unit_that_fits(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_the_command_prints_tables_or_json() -> None:
    words = ["bench", str(STORY / "autoencoder.yaml"), "--variant", "tiny", "--seconds", "0", "--threads", "1"]
    told = CliRunner().invoke(commands, words)
    assert told.exit_code == 0
    assert told.output.startswith("Autoencoder: batch = 1, threads = 1\n")
    assert all(word in told.output for word in ("training step", "elsewhere", "addmm"))
    found = json.loads(CliRunner().invoke(commands, [*words, "--format", "json"]).output)
    assert [work["name"] for work in found["works"]] == ["forward", "training step"]
    forward = found["works"][0]
    assert forward["distance"] == pytest.approx(forward["seconds"] / forward["floor"], rel=0.01)


def test_samples_are_no_longer_than_a_table_of_positions() -> None:
    path = STORY.parent / "models" / "gpt2.yaml"
    found = subject(
        compiler.compile(path, variant="tiny", seed=0), compiler.program(path, variant="tiny"), lengths={}, batch=1
    )
    assert found.sizes == {"T": 32}
    found.decoding()  # goes as far as the table


def test_refuses_a_length_of_no_axis() -> None:
    words = ["bench", str(STORY / "transformer.yaml"), "--variant", "tiny", "--length", "Q=3"]
    ran = CliRunner().invoke(commands, words)
    assert ran.exit_code == 2
    assert "'Q' is no free axis of what is observed: S, T" in ran.output


def test_samples_longer_than_a_table_of_positions_are_named_with_their_sizes() -> None:
    words = ["bench", str(STORY / "transformer.yaml"), "--variant", "tiny", "--length", "T=5000"]
    ran = CliRunner().invoke(commands, words)
    assert ran.exit_code == 2
    assert "5000 positions, but the table has 4096: the samples have S=64, T=5000" in " ".join(ran.output.split())


def test_plays_again_what_changes_shapes_in_place() -> None:
    def work() -> None:
        x = torch.zeros(3, 1, 5)
        x.select(1, 0)
        x.transpose_(0, 2).squeeze_().t_()
        x.select(0, 2)

    calls = caught(work, products=False)
    assert calls.seconds().keys() == calls.seconds().keys()


def test_a_recurrent_model_is_taken_apart() -> None:
    found = bench(_subject("rnn_seq2seq", {"S": 3, "T": 4}), seconds=0, threads=1)
    assert {part.work for part in found.kinds} == {"forward", "training step", "decoding"}
