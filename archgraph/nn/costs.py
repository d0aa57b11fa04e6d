"""Energies: one number per sample (B,), summed over features and over the positions that are real."""

from __future__ import annotations

import torch
import torch.utils.checkpoint
from torch import Tensor
from torch.nn import functional as F


def sum_energy(energy: Tensor, real: Tensor | None = None) -> Tensor:
    """Sum energies (B, ...) over all but the batch, where `real` (B, T) if given: (B,), in float32 at least."""
    if energy.itemsize < 4:
        energy = energy.float()
    if real is not None:
        if energy.dim() > real.dim():
            energy = energy.flatten(real.dim()).sum(-1)
        energy = torch.where(real, energy, 0.0)
    return energy.sum(list(range(1, energy.dim()))) if energy.dim() > 1 else energy


def symbol_energy(prediction: Tensor, target: Tensor) -> Tensor:
    """Energy (N,) in nats of the classes target (N,) under the logits prediction (N, classes), in float32 at least."""
    if prediction.itemsize < 4:
        prediction = prediction.float()
    return F.cross_entropy(prediction, target, reduction="none")


def cross_entropy(prediction: Tensor, target: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,) in nats of the classes target (B, ...) under the logits prediction (B, ..., classes)."""
    energy = symbol_energy(prediction.flatten(0, -2), target.flatten())
    return sum_energy(energy.view(target.shape), real)


def chunked_cross_entropy(
    prediction: Tensor, target: Tensor, real: Tensor | None = None, *, chunk: int = 1024
) -> Tensor:
    """The same, `chunk` positions at a time, whose probabilities are computed again for the gradient, never kept."""
    rows = zip(torch.split(prediction.flatten(0, -2), chunk), torch.split(target.flatten(), chunk), strict=True)
    energy = torch.cat([torch.utils.checkpoint.checkpoint(symbol_energy, *row, use_reentrant=False) for row in rows])
    return sum_energy(energy.view(target.shape), real)


def squared_error(prediction: Tensor, target: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,): squared distance of prediction (B, ...) and target (B, ...)."""
    return sum_energy((prediction - target).square(), real)


def absolute_error(prediction: Tensor, target: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,): sum of the distances of prediction (B, ...) and target (B, ...), number by number."""
    return sum_energy((prediction - target).abs(), real)


def binary_cross_entropy(prediction: Tensor, target: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,) in nats of the target (B, ...), from 0 to 1, under the logits prediction (B, ...)."""
    prediction = prediction.float() if prediction.itemsize < 4 else prediction
    target = target.to(prediction.dtype)
    return sum_energy(F.binary_cross_entropy_with_logits(prediction, target, reduction="none"), real)


def cosine(prediction: Tensor, target: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,): 1 - cos of the angle between the features (the last axis), at each position."""
    return sum_energy(1 - F.cosine_similarity(prediction, target, dim=-1), real)


def giou(prediction: Tensor, target: Tensor, real: Tensor | None = None, *, corners: bool = False) -> Tensor:
    """Energy (B,): 1 - generalised IoU of boxes (B, ..., 4) as centre and size, or `corners` (Rezatofighi et al. 2019).

    Boxes without an area have no overlap, and make no NaN.
    """
    boxes = torch.stack((prediction, target))
    boxes = boxes.float() if boxes.itemsize < 4 else boxes
    if real is not None:  # what stands on padding may be anything, and its area infinite
        boxes = torch.where(real.reshape(*real.shape, *[1] * (target.dim() - real.dim())), boxes, 0.0)
    first, last = boxes[..., :2], boxes[..., 2:]
    if not corners:
        first, last = first - last / 2, first + last / 2
    common = (last.amin(0) - first.amax(0)).clamp(min=0).prod(-1)
    union = (last - first).prod(-1).sum(0) - common
    around = (last.amax(0) - first.amin(0)).prod(-1)
    least = torch.finfo(boxes.dtype).eps
    return sum_energy(1 - common / union.clamp(min=least) + (around - union) / around.clamp(min=least), real)


def l1(x: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,): sum of the magnitudes of x (B, ...)."""
    return sum_energy(x.abs(), real)


def l2(x: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,): sum of the squares of x (B, ...)."""
    return sum_energy(x.square(), real)


def mean_energy(energy: Tensor, real: Tensor | None = None, *, positions: int = 1) -> Tensor:
    """A cost's part of the loss: energies (B,) per `real` position, or per each of `positions` a sample."""
    return energy.sum() / (max(energy.shape[0] * positions, 1) if real is None else real.sum().clamp(min=1))


def unit_variance(v: Tensor, real: Tensor | None = None) -> Tensor:
    """Energy (B,): half the sum of e^v - v - 1 over the log-variances v (B, ...)."""
    return sum_energy((v.exp() - v - 1) / 2, real)


def contrastive(a: Tensor, b: Tensor) -> Tensor:
    """Loss (B,) whose sum is that of pairs a, b (B, width): each of a must find its b in the batch, and back."""
    scores, truth = a @ b.T, torch.arange(a.shape[0], device=a.device)
    both = F.cross_entropy(scores, truth, reduction="none") + F.cross_entropy(scores.T, truth, reduction="none")
    return both / (2 * max(a.shape[0], 1))
