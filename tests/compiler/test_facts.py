"""What is known of the things of a picture: types and numbers of parameters, by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgraph.compiler import compile, program, render
from archgraph.compiler.facts import facts
from archgraph.draw import draw
from archgraph.draw.scene import Group
from archgraph.graph.heads import Heads

STORY = Path(__file__).parents[2] / "specs" / "story"


def test_variables_and_nodes_have_their_types() -> None:
    found = dict(facts(program(STORY / "transformer.yaml", variant="tiny")))
    assert found["x"] == "tokens(64)[S]"
    assert found["decoder"].startswith("real[T, 64]\n")
    assert dict(facts(program(STORY / "variational_autoencoder.yaml")))["encoder"].startswith(
        "mu: real[16]\nv: real[16]"
    )


def test_parameters_are_those_of_the_module() -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    found = dict(facts(program(STORY / "transformer.yaml", variant="tiny")))
    for name, module in compile(STORY / "transformer.yaml", variant="tiny").named_modules():
        count = sum(parameter.numel() for parameter in module.parameters())
        if name and count:
            assert found[name].endswith(f"{count:,} parameters"), name


def test_page_has_all_depths_from_the_asked_one_on(tmp_path: Path) -> None:
    for depth, pictures in ((0, 4), (2, 2), (3, 1)):
        render(STORY / "transformer.yaml", tmp_path / "page.html", depth=depth)
        text = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert text.count("<svg") == pictures
        assert "<dt>encoder</dt><dd>real[S, 256]\n3,627,520 parameters</dd>" in text


def test_depth_that_shows_nothing_more_is_left_out(tmp_path: Path) -> None:
    render(STORY / "autoencoder.yaml", tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").count("<svg") == 2


def test_parts_of_a_step_have_the_types_of_one_step() -> None:
    found = dict(facts(program(STORY / "language_model.yaml", variant="tiny"), unroll=2))
    assert found["y"] == "tokens(64)[T]" and found["y--1"] == found["y--2"] == "tokens(64)[]"
    assert found["h--2"] == "real[32]" and "y--3" not in found
    assert found["decoder--1"].splitlines()[1] == found["decoder"].splitlines()[1]


@pytest.mark.parametrize("name", ["transformer", "rnn_seq2seq"])
def test_what_attends_has_the_type_of_its_weights(name: str) -> None:
    graph = program(STORY / f"{name}.yaml", variant="tiny")
    found = dict(facts(graph))
    drawn = [item for item in draw(graph.graph, depth=3).items if isinstance(item, Group) and item.kind != "wire"]
    shown = {item.id for item in drawn if item.id.endswith("--softargmax")}
    assert shown and shown <= set(found)
    wanted = {"transformer": "real[2, T, S]", "rnn_seq2seq": "real[1, T, S]"}
    assert found[next(id for id in shown if id.startswith("predictor"))] == wanted[name]


@pytest.mark.parametrize("name", ["llama3", "mistral", "t5", "detr", "bahdanau", "bert"])
def test_all_that_is_drawn_inside_an_attention_has_a_type(name: str) -> None:
    model = program(STORY.parent / "models" / f"{name}.yaml")
    found = dict(facts(model))
    leaves = [path for path, body in model.leaves() if isinstance(body.leaf.op, Heads)]
    groups = [item for item in draw(model.graph, depth=3).items if isinstance(item, Group) and item.kind == "node"]
    starts = tuple(f"{path}{end}" for path in leaves for end in ".-")
    shown = [group.id for group in groups if group.id.startswith(starts)]
    assert len(shown) >= 5
    assert [id for id in shown if not re.match(r"(real|mask)\[", found.get(id, ""))] == []


def test_parts_of_an_attention_with_shared_keys_have_their_own_widths() -> None:
    found = dict(facts(program(STORY.parent / "models" / "llama3.yaml")))
    inside = "predictor.0.residual.self_attention"
    assert found[f"{inside}--rotary-q"] == "real[T, 4096]"
    assert found[f"{inside}--rotary-k"] == "real[T, 1024]"
    assert found[f"{inside}.k"] == "real[T, 1024]\n4,194,304 parameters"
    assert found[f"{inside}--read"] == "real[T, 4096]"
