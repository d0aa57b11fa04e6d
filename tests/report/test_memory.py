"""What each operation says that it saves and keeps, against what torch saves and the started state holds."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from archgraph.core.dims import Dim
from archgraph.graph.masks import Given
from archgraph.graph.memory import NUMBER, weigh
from tests.ops.cases import CASES, SIZES, Case
from tests.ops.site import build, samples
from tests.report.measured import weigh as held

# Operations whose backward pass is told to a tenth; of the others, summary --cost knows the large parts alone.
TOLD = {
    *("add", "concat", "cross_attention", "cross_entropy", "dropout", "embedding", "expand", "feed_forward", "gelu"),
    *("gaussian_sampler", "gru", "l2_norm", "layer_norm", "linear", "multiply", "relu", "residual", "rms_norm"),
    *("self_attention", "sigmoid", "silu", "softmax", "split", "squared_error", "tanh"),
}
PLAIN = {"heads", "causal", "bias", "width", "hidden", "activation", "gated", "rate", "positions", "score", "epsilon"}


def _close(case: Case) -> bool:
    """Whether a case has none of the options that put numbers of their own beside an operation's."""
    op = case.op
    given = {name for name in op.arguments() if getattr(op, name) != type(op).model_fields[name].default}
    wants_places = case.op.name == "self_attention" and "positions" in given
    wants_chunks = "chunk" in given or "gelu_quick" in str(op.arguments()) or op.arguments().get("form") == "quick"
    cell = op.name == "gru" and "state" in case.given
    return op.name in TOLD and given <= PLAIN | {"length", "scale"} and not (wants_places or wants_chunks or cell)


@pytest.mark.parametrize("case", [case for case in CASES if _close(case)], ids=str)
def test_saves_what_the_backward_pass_reads(case: Case) -> None:
    built, tensors = build(case.op, case.given), samples(case.given, SIZES)
    for x in tensors.values():
        if x.is_floating_point():
            x.requires_grad_()
    layer = built.layer
    own = set() if layer is None else {each.untyped_storage().data_ptr() for each in layer.state_dict().values()}
    own |= set() if layer is None else {each.untyped_storage().data_ptr() for each in layer.buffers()}
    kept: dict[int, Tensor] = {}

    def pack(x: Tensor) -> Tensor:
        if x.untyped_storage().data_ptr() not in own:
            kept.setdefault(x.untyped_storage().data_ptr(), x)
        return x

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        out = built.run(tensors)
    measured = sum(x.untyped_storage().nbytes() for x in kept.values()) / 2
    del out
    results = case.op.shape(case.given)
    saved = case.op.saves(case.given, results)
    found = sum((weigh(x) for port in saved.inputs for x in case.given.get(port, ())), saved.numbers * NUMBER)
    found = sum((weigh(results[port]) for port in saved.outputs if port in results), found)
    assert float(found.value(SIZES)) == pytest.approx(measured, rel=0.1, abs=8)


@pytest.mark.parametrize("padded", [False, True], ids=["whole", "padded"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_state_that_starts_a_stream_has_the_bytes_that_are_told(case: Case, padded: bool) -> None:
    built = build(case.op, case.given, ("real_S",) if padded else ())
    code, told = case.op.start(built.site), case.op.state(case.given, _masks(case, padded), Dim.number(16))
    if not code:
        assert told == Dim.number(0)
        return
    real = torch.ones(2, SIZES["S"], dtype=torch.bool)
    state = built.evaluate({**samples(case.given, SIZES), "real_S": real}, code=code)
    assert int(told.value(SIZES)) * 2 == held(state)


def _masks(case: Case, padded: bool) -> dict[str, tuple[tuple[Given | None, ...], ...]]:
    real = Given("x") if padded else None
    return {
        port: tuple(tuple(real if axis == Dim.name("S") else None for axis in x.axes) for x in found)
        for port, found in case.given.items()
    }
