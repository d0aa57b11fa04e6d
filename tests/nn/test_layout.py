from __future__ import annotations

from pathlib import Path

import pytest
import torch

from archgraph import compiler
from archgraph.nn import generation, layout
from archgraph.nn.layout import lay_out, reader

STORY = Path(__file__).parents[2] / "specs" / "story"


def _model() -> torch.nn.Module:
    return compiler.compile(STORY / "language_model.yaml", params={"vocab": 40}, variant="tiny", seed=0)


def _by_columns(model: torch.nn.Module) -> set[str]:
    return {name for name, weight in model.named_parameters() if not weight.is_contiguous()}


def test_maps_that_widen_lie_by_columns_and_tables_do_not() -> None:
    model = _model()
    parameters = dict(model.named_parameters())
    assert lay_out(model) is model
    assert all(parameters[name] is weight for name, weight in model.named_parameters())
    found = _by_columns(model)
    assert {name.split(".")[-2:][0] for name in found} == {"self_attention", "inner", "linear"}
    assert all(parameters[name].t().is_contiguous() for name in found)
    lay_out(model, columns=False)
    assert not _by_columns(model)


def test_the_order_changes_neither_names_nor_values_nor_gradients() -> None:
    model, other, y = _model(), lay_out(_model()), torch.randint(3, 40, (2, 6))
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, other.state_dict()[name]), name
    for each in (model, other):
        each.eval()(y=y).loss.backward()
    for (name, one), two in zip(model.named_parameters(), other.parameters(), strict=True):
        assert one.grad is not None
        assert two.grad is not None
        assert torch.allclose(one.grad, two.grad, atol=1e-6), name


def test_weights_that_are_loaded_keep_the_order() -> None:
    model, other = lay_out(_model()), _model()
    with torch.no_grad():
        for weight in other.parameters():
            weight.add_(1.0)
    before = _by_columns(model)
    model.load_state_dict(other.state_dict())
    assert _by_columns(model) == before
    assert all(torch.equal(one, two) for one, two in zip(model.parameters(), other.parameters(), strict=True))


def test_a_model_laid_out_generates_the_same() -> None:
    model, prompt = _model().eval(), torch.randint(3, 40, (2, 3))
    expected = model.generate(y=prompt, max_length=5)  # type: ignore[operator]
    assert torch.equal(lay_out(model).generate(y=prompt, max_length=5), expected)  # type: ignore[operator]


def test_what_was_generated_may_be_trained_on() -> None:
    model = _model()
    made = model.generate(max_length=5)  # type: ignore[operator]
    model(y=made).loss.backward()
    assert all(weight.grad is not None for weight in model.parameters())


def test_a_twin_to_read_by_moves_what_widens_and_shares_all_else() -> None:
    model = _model().eval()
    before = dict(model.named_parameters())
    twin = reader(model)
    assert twin is not model
    assert type(twin) is type(model)
    assert all(before[name] is weight for name, weight in model.named_parameters())
    assert not _by_columns(model)
    assert _by_columns(twin) == _by_columns(lay_out(_model()))
    for name, weight in twin.named_parameters():
        assert torch.equal(weight, before[name]), name
        assert (weight is before[name]) == weight.is_contiguous(), name
    assert twin.encoder is model.encoder
    y = torch.randint(3, 40, (2, 6))
    assert torch.allclose(twin(y=y).y_tilde, model(y=y).y_tilde, atol=1e-6)


def test_a_twin_keeps_ties_and_what_is_shared() -> None:
    shared = torch.nn.Linear(2, 3)
    tied = torch.nn.Linear(2, 3)
    tied.weight = shared.weight
    found = reader(torch.nn.Sequential(shared, torch.nn.Identity(), shared, tied))
    assert found[0] is found[2]
    assert found[0] is not shared
    assert found[3].weight is found[0].weight


def test_there_is_no_twin_where_there_is_nothing_to_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    laid, half, narrow = lay_out(_model()), _model().bfloat16(), torch.nn.Linear(4, 4)
    assert reader(laid) is laid
    assert reader(half) is half
    assert reader(narrow) is narrow
    model = _model()
    monkeypatch.setattr(layout, "ROOM", 8)
    assert reader(model) is model


@pytest.mark.parametrize(
    ("rows", "length", "beams", "changes"), [(1, 30, 1, 1), (1, 30, 2, 1), (3, 30, 1, 0), (1, 20, 1, 0)]
)
def test_long_generation_of_few_rows_goes_on_by_a_twin(
    monkeypatch: pytest.MonkeyPatch, rows: int, length: int, beams: int, changes: int
) -> None:
    model, prompt = _model().eval(), torch.randint(3, 40, (rows, 3))
    made: list[torch.nn.Module] = []

    def kept(given: torch.nn.Module) -> torch.nn.Module:
        made.append(reader(given))
        return made[-1]

    with monkeypatch.context() as patched:
        patched.setattr(generation, "reader", lambda given: given)
        expected = model.generate(y=prompt, max_length=length, beams=beams, stop=-1)  # type: ignore[operator]
    monkeypatch.setattr(generation, "reader", kept)
    found = model.generate(y=prompt, max_length=length, beams=beams, stop=-1)  # type: ignore[operator]
    assert torch.equal(found, expected)
    assert len(made) == changes
    assert all(twin is not model for twin in made)
    assert not _by_columns(model)
    assert all(weight.requires_grad for weight in model.parameters())
