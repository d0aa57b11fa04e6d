"""The time rule of every operation is tight: finite changes of its input show what it depends on."""

from __future__ import annotations

from math import floor
from typing import Any

import pytest
import torch
from torch import Tensor

from archgraph.core.lags import EVERYTHING, POINTWISE, Bound, Transfer
from tests.ops.cases import CASES, SIZES, Case
from tests.ops.site import Built, build, samples

Newest = tuple[int, ...]


def positions(case: Case) -> list[tuple[str, str, int]]:
    """Every input port, output port and input axis of a case that counts positions."""
    return [
        (port, out, axis)
        for (port, out), flow in case.op.flow(case.given).items()
        for axis in range(len(flow.axes))
        if case.given[port][0].axes[axis].constant is None and flow.axes[axis][0].kind not in ("placed", "taken")
    ]


def changed(built: Built, tensors: dict[str, Tensor], name: str, axis: int, place: int) -> dict[str, Tensor]:
    """The outputs after a change at one position of one input."""
    x = tensors[name].clone()
    part = x.select(axis + 1, place)
    if x.is_floating_point():
        part += 1 + torch.rand(part.shape, generator=torch.Generator().manual_seed(3))
    else:
        part.copy_((part + 1) % 4)
    return built.run({**tensors, name: x})


def measured(case: Case, port: str, out: str, axis: int) -> Newest:
    """For every position of the output the newest position of the input that it depends on, -1 for none."""
    built, tensors = build(case.op, case.given), samples(case.given, SIZES)
    before = built.run(tensors)[out]
    _, to = case.op.flow(case.given)[port, out].axes[axis]
    newest = [-1] * (1 if to is None else before.shape[to + 1])
    for place in range(tensors[f"{port}_0"].shape[axis + 1]):
        after = changed(built, tensors, f"{port}_0", axis, place)[out]
        moved = (after - before).double().abs() > 1e-12
        along = moved.any().reshape(1) if to is None else moved.movedim(to + 1, 0).flatten(1).any(1)
        newest = [place if hit else old for hit, old in zip(along.tolist(), newest, strict=True)]
    return tuple(newest)


def agrees(transfer: Transfer, found: Newest, length: int) -> bool:
    """Whether the rule never says less than was found, and no more away from the ends.

    At the ends a window sticks out, and a causal query with one key to read has no choice to make.
    """
    bound = transfer.apply(Bound())
    assert bound is not None
    inner = 0
    for place, newest in enumerate(found):
        last = length - 1 if bound.offset is None else floor(bound.rate * place + bound.offset)
        allowed = -1 if place < bound.start else min(last, length - 1)
        end = place == 0 < len(found) - 1 or last >= length > last - transfer.ahead
        inner += not end
        if newest > allowed or (newest < allowed and not end):
            return False
    return inner > 0


def flipped(transfer: Transfer) -> list[Transfer]:
    """Rules that are wrong where this one is right."""
    if transfer.kind == "everything":
        return [POINTWISE._replace(keeps=transfer.keeps)]
    if transfer.kind in ("patch", "upsample"):
        return [EVERYTHING, transfer._replace(rate=transfer.rate + 1), transfer._replace(kind="window")] + [
            transfer._replace(ahead=transfer.ahead + 1)
        ] * (transfer.kind == "upsample")
    if transfer.kind == "fixed":
        return [EVERYTHING._replace(keeps=False), transfer._replace(ahead=1)]
    return [EVERYTHING, transfer._replace(ahead=transfer.ahead + 1), Transfer("delay", 1)]


ROWS = [(case, *row) for case in CASES for row in positions(case)]
EVERY = pytest.mark.parametrize(
    ("case", "port", "out", "axis"),
    ROWS,
    ids=lambda part: str(part) if not isinstance(part, int) else f"axis{part}",
)


@EVERY
def test_newest_dependence_is_the_declared_one(case: Case, port: str, out: str, axis: int) -> None:
    found = measured(case, port, out, axis)
    transfer, _ = case.op.flow(case.given)[port, out].axes[axis]
    length = int(case.given[port][0].axes[axis].value(SIZES))
    assert agrees(transfer, found, length)
    for wrong in flipped(transfer):
        assert not agrees(wrong, found, length), wrong


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_has_no_flow_does_not_depend(case: Case) -> None:
    if case.op.objective:
        assert case.op.flow(case.given) == {}
        return
    declared_ports = set(case.op.flow(case.given))
    built, tensors = build(case.op, case.given), samples(case.given, SIZES)
    before = built.run(tensors)
    for port, found in case.given.items():
        for out in before:
            if (port, out) in declared_ports or not found[0].axes:
                continue
            after = changed(built, tensors, f"{port}_0", 0, 0)[out]
            assert torch.equal(after, before[out])


STEPPED = [
    case
    for case in CASES
    if "in" in case.given
    and [axis.constant for axis in case.given["in"][0].axes][:1] == [None]
    and not case.op.corrupts
    and not case.op.objective
    and case.op.name not in ("dropout", "drop_path", "expand")
    and all(
        flow.axes[0][0].causal and flow.axes[0][1] == 0
        for (port, _), flow in case.op.flow(case.given).items()
        if port == "in"
    )
]


def first_state(built: Built, tensors: dict[str, Tensor]) -> Any:
    """The state before the first step, or None where a step needs none."""
    code = built.op.start(built.site)
    return built.evaluate(tensors, code=code) if code else None


@pytest.mark.parametrize("sizes", [(1,) * SIZES["T"], (5, 1, 1, SIZES["T"] - 7)], ids=["steps", "chunks"])
@pytest.mark.parametrize("case", STEPPED, ids=str)
def test_step_by_step_equals_all_at_once(case: Case, sizes: tuple[int, ...]) -> None:
    built, tensors = build(case.op, case.given), samples(case.given, SIZES)
    if built.layer is not None:
        built.layer.eval()  # as what streams is
    whole = built.run(tensors)
    wholes = {"context_0", "context_places_0"} if not getattr(case.op, "causal", True) else set()
    state, first = first_state(built, tensors), 0
    code = case.op.step(built.site, "state")
    found: dict[str, list[Tensor]] = {port: [] for port in whole}
    for size in sizes:
        now = {name: x if name in wholes else x[:, first : first + size] for name, x in tensors.items()}
        for port, out in built.run({**now, "state": state, "first": first}, code=code).items():
            found[port].append(out)
        first += size
    for port, parts in found.items():
        torch.testing.assert_close(torch.cat(parts, 1), whole[port], rtol=0, atol=1e-12)
