from __future__ import annotations

from pathlib import Path

import torch

from archgraph import compiler
from archgraph.nn.layout import lay_out

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
