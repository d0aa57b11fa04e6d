"""What holds for every operation: its words, its shapes, its parameters, its counts."""

from __future__ import annotations

import pytest
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from archgraph.graph.operation import Operation, Types
from archgraph.ops import Operations
from tests.nn.apart import weights
from tests.ops.cases import CASES, SIZES, Case, make
from tests.ops.site import build, samples, shape_of, tensor_type, types

EVERY = pytest.mark.parametrize("case", CASES, ids=str)
CLASSES = list(Operations())
EACH = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.name)
GLYPHS = ("box", "circle", "attention", "norm", "convolution", "plain", "add")


@EACH
def test_describes_itself(cls: type[Operation]) -> None:
    assert cls.__name__ == "".join(word.capitalize() for word in cls.name.split("_"))
    assert cls.summary
    assert cls.reference
    assert cls.words
    assert cls.glyph in GLYPHS
    assert cls.__doc__
    assert cls.example.startswith(cls.name)
    assert not cls.obvious or cls.obvious in cls.model_fields


@EACH
def test_no_argument_hides_what_an_operation_or_a_module_has(cls: type[Operation]) -> None:
    for field in cls.model_fields:
        assert not hasattr(Operation, field)
        assert not hasattr(nn.Module(), field)


def test_every_operation_has_a_row() -> None:
    assert {case.op.name for case in CASES} == set(Operations().names())


@EVERY
def test_infers_the_output_types(case: Case) -> None:
    assert {port: (found,) for port, found in case.op.shape(case.given).items()} == case.results


@EVERY
def test_outputs_have_the_inferred_shapes(case: Case) -> None:
    built = build(case.op, case.given)
    outputs = built.run(samples(case.given, SIZES))
    assert {port: tuple(found.shape) for port, found in outputs.items()} == {
        port: shape_of(found, SIZES) for port, found in case.op.shape(case.given).items()
    }


@EVERY
def test_parameters_are_those_of_the_module(case: Case) -> None:
    layer = build(case.op, case.given).layer
    learned = {} if layer is None else {name: tuple(value.shape) for name, value in weights(layer).items()}
    expected = {p.name: tuple(axis.constant for axis in p.shape) for p in case.op.parameters(case.given)}
    assert expected == learned


@EVERY
def test_masks_have_an_entry_for_each_axis(case: Case) -> None:
    masks = {port: tuple((None,) * len(each.axes) for each in found) for port, found in case.given.items()}
    found = case.op.mask(masks, case.given)
    assert {port: len(mask) for port, mask in found.items()} == {
        port: len(each.axes) for port, each in case.op.shape(case.given).items()
    }


@EVERY
def test_flow_has_an_entry_for_each_axis_and_leads_to_an_axis(case: Case) -> None:
    results = case.op.shape(case.given)
    for (port, out), flow in case.op.flow(case.given).items():
        assert len(flow.axes) == len(case.given[port][0].axes)
        assert all(place is None or 0 <= place < len(results[out].axes) for _, place in flow.axes)


@pytest.mark.parametrize("case", [case for case in CASES if case.op.name != "contrastive"], ids=str)
def test_counts_the_operations_of_matrix_products(case: Case) -> None:
    """Of all but the contrastive loss, whose scores grow with the batch: counts are per sample."""
    expected = int(case.op.flops(case.given, case.op.shape(case.given)).value(SIZES)) * 2
    built, tensors = build(case.op, case.given), samples(case.given, SIZES)
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        built.run(tensors)
    assert expected == pytest.approx(counter.get_total_flops(), rel=0.01)


@pytest.mark.parametrize(
    ("op", "given", "expected"),
    [
        (make("gru", width=5), types(x="real[T, 8]", state="real[T, ?]"), "real[T, 5]"),
        (make("lstm", width=5), types(x="real[T, 8]", state="real[T, ?]", cell="real[T, ?]"), "real[T, 5]"),
    ],
    ids=lambda part: part.name if isinstance(part, Operation) else "",
)
def test_a_width_that_a_cycle_does_not_know_yet_fits(op: Operation, given: Types, expected: str) -> None:
    assert op.shape(given)["out"] == tensor_type(expected)
