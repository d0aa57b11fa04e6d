"""Padding never changes an output at real positions, and the masks of outputs follow the rules."""

from __future__ import annotations

import pytest
import torch

from archgraph.graph.masks import Both, Given, Grouped, Mask, Prefixed, Strided
from archgraph.nn.convolution import stride_real
from archgraph.nn.padding import prefix_real, real_lengths
from tests.ops.cases import CASES, SIZES, Case, make
from tests.ops.site import build, samples, types

X, Y = Given("x"), Given("y")
LENGTH = 7


def masked_axes(case: Case) -> list[str]:
    return [port for port, found in case.given.items() if f"{found[0].axes[0] if found[0].axes else ''}" == "T"]


PADDED = [
    case
    for case in CASES
    if masked_axes(case)
    and not case.op.corrupts
    and not case.op.objective
    and case.op.name not in ("dropout", "drop_path", "rearrange", "expand")
]


def out_real(mask: Mask | None, real: torch.Tensor) -> torch.Tensor:
    """The mask of an output at run time."""
    if isinstance(mask, Strided):
        return stride_real(real, mask.kernel, stride=mask.stride, dilation=mask.dilation, padding=mask.padding)
    if isinstance(mask, Prefixed):
        return prefix_real(real, int(mask.size.value(SIZES)))
    if isinstance(mask, Grouped):
        return real.repeat_interleave(-mask.size, 1)
    assert mask == X
    return real


@pytest.mark.parametrize("case", PADDED, ids=str)
def test_padding_never_changes_real_positions(case: Case) -> None:
    built, tensors = build(case.op, case.given, masked=("real_T",)), samples(case.given, SIZES)
    real = real_lengths(torch.tensor([SIZES["T"], LENGTH]), SIZES["T"])
    other = dict(tensors)
    for port in masked_axes(case):
        for name in (name for name in tensors if name.startswith(f"{port}_")):
            x = tensors[name].clone()
            x[1, LENGTH:] = 3
            other[name] = x
    before, after = (built.run({**found, "real_T": real}) for found in (tensors, other))
    masks = {
        port: tuple((X if f"{axis}" == "T" else None for axis in each.axes) for each in found)
        for port, found in case.given.items()
    }
    outs = case.op.mask({port: tuple(tuple(m) for m in found) for port, found in masks.items()}, case.given)
    for port, out in before.items():
        if not outs[port] or outs[port][0] is None:
            assert torch.equal(out, after[port])
        else:
            keep = out_real(outs[port][0], real)
            assert torch.equal(out[keep], after[port][keep])


@pytest.mark.parametrize("kind", ["sum", "mean", "max", "first", "last"])
def test_pooling_counts_real_positions_only(kind: str) -> None:
    given = types(x="real[T, 8]")
    built, tensors = build(make("pooling", kind=kind), given, masked=("real_T",)), samples(given, SIZES)
    x, real = tensors["in_0"], real_lengths(torch.tensor([SIZES["T"], LENGTH]), SIZES["T"])
    alone = build(make("pooling", kind=kind), given).run({"in_0": x[1:, :LENGTH]})["out"]
    torch.testing.assert_close(built.run({"in_0": x, "real_T": real})["out"][1:], alone)


def test_images_read_padding_as_zero() -> None:
    given = types(x="real[2, H, W]")
    built = build(make("conv2d", channels=3, kernel=3), given, masked=("real_H", "real_W"))
    x = samples(given, SIZES)["in_0"]
    real = {"real_H": real_lengths(torch.tensor([9, 5]), 9), "real_W": real_lengths(torch.tensor([6, 8]), 8)}
    blank = x.clone()
    blank[1, :, 5:] = 0
    blank[0, :, :, 6:] = 0
    plain = build(make("conv2d", channels=3, kernel=3), given)
    assert torch.equal(built.run({"in_0": x, **real})["out"], plain.run({"in_0": blank})["out"])


@pytest.mark.parametrize(
    ("op", "masks", "given", "expected"),
    [
        (make("add"), {"in": ((X, None), (Y, None))}, {"x": "real[T, 8]; real[T, 8]"}, (Both(X, Y), None)),
        (make("concat"), {"in": ((X, None), (X, None))}, {"x": "real[T, 8]; real[T, 8]"}, (X, None)),
        (make("pooling"), {"in": ((X, None),)}, {"x": "real[T, 8]"}, (None,)),
        (make("batch_norm"), {"in": ((X, None),)}, {"x": "real[T, 8]"}, (X, None)),
        (
            make("expand", axis="T"),
            {"in": ((X, None),)},
            {"x": "real[S, 8]"},
            (X, None, None),
        ),
        (make("conv1d", channels=3, kernel=3), {"in": ((X, None),)}, {"x": "real[T, 8]"}, (X, None)),
        (
            make("conv1d", channels=3, kernel=3, stride=2, dilation=2, padding="causal"),
            {"in": ((X, None),)},
            {"x": "real[T, 8]"},
            (Strided(X, 3, 2, 2, "causal"), None),
        ),
        (
            make("conv1d", channels=3, kernel=3, padding="valid"),
            {"in": ((X, None),)},
            {"x": "real[T, 8]"},
            (Strided(X, 3, 1, 1, "valid"), None),
        ),
        (
            make("rearrange", pattern="(t p) d -> t (p d)", sizes={"p": 4}),
            {"in": ((X, None),)},
            {"x": "real[T, 8]"},
            (Grouped(X, 4), None),
        ),
        (
            make("rearrange", pattern="t (p d) -> (t p) d", sizes={"p": 4}),
            {"in": ((X, None),)},
            {"x": "real[T, 8]"},
            (Grouped(X, -4), None),
        ),
        (
            make("rearrange", pattern="t (h d) -> h t d", sizes={"h": 4}),
            {"in": ((X, None),)},
            {"x": "real[T, 8]"},
            (None, X, None),
        ),
        (
            make("gru", width=5),
            {"in": ((X, None),), "state": ((Y, None),)},
            {"x": "real[T, 8]", "state": "real[T, 5]"},
            (Both(X, Y), None),
        ),
        (
            make("transposed_conv2d", channels=3, kernel=2),
            {"in": ((None, X, Y),)},
            {"x": "real[2, H, W]"},
            (None, Grouped(X, -2), Grouped(Y, -2)),
        ),
        (make("l2"), {"in": ((X, None),)}, {"x": "real[T, 8]"}, ()),
    ],
    ids=lambda part: part.name if hasattr(part, "name") else "",
)
def test_masks_of_outputs(op, masks, given, expected) -> None:  # type: ignore[no-untyped-def]
    assert op.mask(masks, types(**given))["out"] == expected


def test_token_masking_gives_the_padding_to_both_outputs() -> None:
    op = make("token_masking", rate=0.1, symbol=4)
    assert op.mask({"in": ((X,),)}, types(x="tokens(5)[T]")) == {"out": (X,), "mask": (X,)}


@pytest.mark.parametrize("name", ["token_masking", "token_dropout"])
def test_corruption_tells_where_and_is_bypassed(name: str) -> None:
    given = types(x="tokens(5)[T]")
    built = build(make(name, rate=0.5, symbol=4), given, masked=("real_T",))
    x, real = torch.zeros(2, 12, dtype=torch.long), real_lengths(torch.tensor([12, LENGTH]), 12)
    found = built.run({"in_0": x, "real_T": real})
    assert torch.equal(found["out"] == 4, found["mask"])
    assert 0 < found["mask"].sum() < real.sum()
    assert not found["mask"][~real].any()
    plain = built.run({"in_0": x, "real_T": real}, corrupt=False)
    assert torch.equal(plain["out"], x)
    assert not plain["mask"].any()


def test_noise_leaves_padding_alone_and_is_bypassed() -> None:
    given = types(x="real[T, 8]")
    built, x = (
        build(make("gaussian_noise", std=0.5), given, masked=("real_T",)),
        samples(given, SIZES)["in_0"],
    )
    real = real_lengths(torch.tensor([12, LENGTH]), 12)
    found = built.run({"in_0": x, "real_T": real})["out"]
    assert torch.equal(found[~real], x[~real])
    assert (found[real] != x[real]).all()
    assert torch.equal(built.run({"in_0": x, "real_T": real}, corrupt=False)["out"], x)
