from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from archgraph.nn import costs
from archgraph.nn.padding import real_lengths

LENGTHS = [4, 2, 0]
Cost = Callable[..., Tensor]


def sample(cost: Cost) -> tuple[Tensor, Tensor]:
    """A prediction (3, 4, 5) and a target for it."""
    prediction = torch.randn(3, 4, 5)
    if cost is costs.cross_entropy:
        return prediction, torch.randint(5, (3, 4))
    if cost is costs.binary_cross_entropy:
        return prediction, torch.rand(3, 4, 5).round()
    return prediction, torch.randn(3, 4, 5)


def at_position(cost: Cost, p: Tensor, y: Tensor) -> float:
    """The energy of one position, from the definition, in plain numbers."""
    if cost is costs.cross_entropy:
        return math.log(sum(math.exp(v) for v in p.tolist())) - p[y].item()
    pairs: list[tuple[float, float]] = list(zip(p.tolist(), y.tolist(), strict=True))
    if cost is costs.squared_error:
        return sum((a - b) ** 2 for a, b in pairs)
    if cost is costs.absolute_error:
        return sum(abs(a - b) for a, b in pairs)
    if cost is costs.binary_cross_entropy:
        return sum(math.log1p(math.exp(a)) - a * b for a, b in pairs)
    norms = math.hypot(*p.tolist()) * math.hypot(*y.tolist())
    return 1 - sum(a * b for a, b in pairs) / norms


COSTS = [costs.cross_entropy, costs.squared_error, costs.absolute_error, costs.binary_cross_entropy, costs.cosine]


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("masked", [False, True])
def test_cost_sums_over_features_and_real_positions(cost: Cost, masked: bool) -> None:
    prediction, target = sample(cost)
    lengths = LENGTHS if masked else [4, 4, 4]
    energy = cost(prediction, target, real_lengths(torch.tensor(LENGTHS), 4) if masked else None)
    expected = [
        sum(at_position(cost, prediction[b, t], target[b, t]) for t in range(length))
        for b, length in enumerate(lengths)
    ]
    torch.testing.assert_close(energy, torch.tensor(expected), rtol=0, atol=1e-12)


@pytest.mark.parametrize("cost", COSTS)
def test_cost_of_a_single_answer_has_one_energy_per_sample(cost: Cost) -> None:
    prediction, target = sample(cost)
    energy = cost(prediction[:, 0], target[:, 0])
    expected = [at_position(cost, prediction[b, 0], target[b, 0]) for b in range(3)]
    torch.testing.assert_close(energy, torch.tensor(expected), rtol=0, atol=1e-12)


@pytest.mark.parametrize("cost", COSTS)
def test_what_stands_on_padding_changes_nothing_and_gives_no_nan(cost: Cost) -> None:
    prediction, target = sample(cost)
    real = real_lengths(torch.tensor(LENGTHS), 4)
    wild = prediction.clone()
    wild[~real] = torch.tensor([1e300, -1e300, 0.0, 1e300, 0.0])
    wild[2, 3] = 0.0
    wild.requires_grad_()
    energy = cost(wild, target, real)
    torch.testing.assert_close(energy, cost(prediction, target, real), rtol=0, atol=1e-12)
    torch.autograd.backward(energy.sum())
    assert wild.grad is not None
    assert wild.grad[~real].abs().sum() == 0
    assert wild.grad[real].abs().sum() > 0


def test_regularisers_sum_magnitudes_and_squares_of_real_positions() -> None:
    x, real = torch.randn(3, 4, 5), real_lengths(torch.tensor(LENGTHS), 4)
    zeroed = x * real.unsqueeze(-1)
    torch.testing.assert_close(costs.l1(x, real), zeroed.abs().sum((1, 2)))
    torch.testing.assert_close(costs.l2(x, real), zeroed.square().sum((1, 2)))
    torch.testing.assert_close(costs.l2(x), x.square().sum((1, 2)))


def test_loss_divides_by_the_real_positions() -> None:
    energy, real = torch.tensor([3.0, 5.0, 0.0]), real_lengths(torch.tensor(LENGTHS), 4)
    assert costs.mean_energy(energy, real).item() == pytest.approx(8 / 6)
    assert costs.mean_energy(energy).item() == pytest.approx(8 / 3)
    assert costs.mean_energy(energy, positions=4).item() == pytest.approx(8 / 12)


def test_loss_of_nothing_real_is_zero() -> None:
    nothing = torch.zeros(3, 4, dtype=torch.bool)
    prediction, target = sample(costs.cross_entropy)
    assert costs.mean_energy(costs.cross_entropy(prediction, target, nothing), nothing).item() == 0
    assert costs.mean_energy(torch.zeros(0)).item() == 0


def test_compiles_in_one_graph_and_exports_with_dynamic_axes() -> None:
    class Loss(nn.Module):
        def forward(self, prediction: Tensor, target: Tensor, real: Tensor) -> Tensor:
            masked = costs.mean_energy(costs.cross_entropy(prediction, target, real), real)
            whole = costs.cross_entropy(prediction, target)
            return masked + costs.mean_energy(whole, positions=target.shape[1])

    inputs = (*sample(costs.cross_entropy), real_lengths(torch.tensor(LENGTHS), 4))
    compiled = torch.compile(Loss(), fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(*inputs), Loss()(*inputs))
    axes = {0: torch.export.Dim("B"), 1: torch.export.Dim("T")}
    exported = torch.export.export(Loss(), inputs, dynamic_shapes=(axes, axes, axes)).module()
    shorter = tuple(part[:2, :3] for part in inputs)
    torch.testing.assert_close(exported(*shorter), Loss()(*shorter))


def test_contrastive_is_the_mean_cross_entropy_of_rows_and_columns() -> None:
    torch.manual_seed(0)
    a, b = torch.randn(5, 3), torch.randn(5, 3)
    truth = torch.arange(5)
    expected = (F.cross_entropy(a @ b.T, truth) + F.cross_entropy(b @ a.T, truth)) / 2
    torch.testing.assert_close(costs.contrastive(a, b).sum(), expected)
    assert costs.contrastive(a, b).shape == (5,)


def overlap(one: list[float], other: list[float]) -> float:
    """The generalised IoU of two boxes as corners, as its paper writes it (algorithm 1)."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    common = (right - left) * (bottom - top) if right > left and bottom > top else 0.0
    union = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - common
    around = (max(one[2], other[2]) - min(one[0], other[0])) * (max(one[3], other[3]) - min(one[1], other[1]))
    return common / union - (around - union) / around


def boxes() -> tuple[Tensor, Tensor]:
    """Boxes (3, 4, 4) as centre and size: drawn, one inside another, the same, and far apart."""
    one, other = torch.rand(2, 3, 4, 4, dtype=torch.float64)
    other[0, 0], one[0, 0] = torch.tensor([0.5, 0.5, 0.2, 0.1]), torch.tensor([0.5, 0.5, 0.4, 0.4])
    other[0, 1] = one[0, 1]
    other[0, 2], one[0, 2] = torch.tensor([0.1, 0.1, 0.1, 0.1]), torch.tensor([0.8, 0.9, 0.1, 0.1])
    return one, other


def corners(x: Tensor) -> Tensor:
    return torch.cat((x[..., :2] - x[..., 2:] / 2, x[..., :2] + x[..., 2:] / 2), -1)


def test_the_overlap_of_boxes_is_that_of_its_paper_in_both_forms() -> None:
    one, other = boxes()
    pairs = zip(corners(one).tolist(), corners(other).tolist(), strict=True)
    wanted = torch.tensor([sum(1 - overlap(*pair) for pair in zip(*rows, strict=True)) for rows in pairs])
    torch.testing.assert_close(costs.giou(one, other), wanted.double(), rtol=0, atol=1e-6)
    torch.testing.assert_close(costs.giou(corners(one), corners(other), corners=True), costs.giou(one, other))
    assert costs.giou(one[:1, 1], other[:1, 1]).item() == pytest.approx(0)
    assert costs.giou(one[:1, 2], other[:1, 2]).item() > 1.9


def test_boxes_that_do_not_touch_and_boxes_without_area_have_a_gradient_that_is_a_number() -> None:
    one, other = boxes()
    far = one[0, 2].clone().requires_grad_()
    costs.giou(far.unsqueeze(0), other[:1, 2]).sum().backward()
    assert far.grad is not None and far.grad[:2].min() > 0  # towards the other, which lies before
    flat = torch.zeros(2, 3, 4, requires_grad=True)
    energy = costs.giou(flat, torch.zeros(2, 3, 4))
    energy.sum().backward()
    assert energy.isfinite().all() and flat.grad is not None and flat.grad.isfinite().all()


def test_boxes_on_padding_change_nothing_whatever_they_are() -> None:
    (one, other), real = boxes(), real_lengths(torch.tensor(LENGTHS), 4)
    wild = one.clone()
    wild[~real] = torch.tensor([1e300, -1e300, 1e300, torch.nan], dtype=torch.float64)
    wild.requires_grad_()
    energy = costs.giou(wild, other, real)
    torch.testing.assert_close(energy, costs.giou(one, other, real), rtol=0, atol=1e-12)
    energy.sum().backward()
    assert wild.grad is not None and wild.grad[~real].abs().sum() == 0 and wild.grad[real].abs().sum() > 0
