"""Operations of other packages, by the entry point `archgraph.operations`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

import archgraph
from archgraph import ops
from tests.check.specs import codes

GAUGE = '''
"""Twice a sequence, and its last position beside it."""

from typing import Annotated

from pydantic import BeforeValidator

from archgraph.core.lags import EVERYTHING, POINTWISE, Transfer
from archgraph.graph.operation import Flow, Operation, Port, pointwise


class Gauge(Operation):
    name = "gauge"
    summary = "twice a sequence, and its last position"
    outputs = (Port("out"), Port("level", required=False, copies="stack"))

    factors: Annotated[tuple[float, ...], BeforeValidator(tuple)] = (2.0,)

    def shape(self, given):
        x = given["in"][0]
        return {"out": x, "level": x._replace(axes=x.axes[1:])}

    def flow(self, given):
        gone = Flow(((Transfer("everything", keeps=False), None), (POINTWISE, 0)))
        return {("in", "out"): pointwise(given["in"][0]), ("in", "level"): gone}

    def mask(self, given, types):
        return {"out": given["in"][0], "level": given["in"][0][1:]}

    def emit(self, site):
        return f"({site.given()} * {sum(self.factors)}, {site.given()}[:, -1])"


class Broken(Gauge):
    name = "broken"

    def emit(self, site):
        return f"{site.use('costs.Nothing')}({site.given()})"


class Peek(Operation):
    name = "peek"
    summary = "the next position, which keeps no state by steps"

    def flow(self, given):
        axes = tuple((Transfer("window", 1, 1) if i == 0 else POINTWISE, i) for i in range(len(given["in"][0].axes)))
        return {("in", "out"): Flow(axes)}

    def emit(self, site):
        return f"F.pad({site.given()}, (0, 0, 0, 1))[:, 1:]"


OPERATION = %s
'''
NAMES = ("Gauge", "Broken", "Peek")


def _forget() -> None:
    for table in (ops._outside, ops._names, ops._find):
        table.cache_clear()


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with three operations, as an installer leaves it."""
    package, known = tmp_path / "gauges", tmp_path / "gauges-1.0.dist-info"
    package.mkdir()
    known.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    for name in NAMES:
        (package / f"{name.lower()}.py").write_text(GAUGE % name, encoding="utf-8")
    points = "".join(f"{name.lower()} = gauges.{name.lower()}\n" for name in NAMES)
    (known / "entry_points.txt").write_text(f"[{ops.GROUP}]\n{points}linear = gauges.gauge\n", encoding="utf-8")
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: gauges\nVersion: 1.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    _forget()
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "gauges"]:
        del sys.modules[name]
    _forget()


SPEC = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
  b: hidden
nodes:
  n: {repeat: 3, layers: [gauge, LAYER]}
edges:
  - x -> n -> h
  - n.gauge.level -> b
"""


def test_an_operation_of_another_package_is_one_of_ours_and_displaces_none() -> None:
    x = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0))
    out = archgraph.compile(SPEC.replace("LAYER", "tanh"))(x=x)
    first = (x * 2).tanh()
    second = (first * 2).tanh()
    torch.testing.assert_close(out.h, (second * 2).tanh())
    assert codes(SPEC.replace("LAYER", "{linear: 4}")) == []


def test_a_list_for_an_argument_that_takes_lists_is_not_dealt_out_to_the_copies() -> None:
    x = torch.ones(1, 2, 4)
    model = archgraph.compile(SPEC.replace("LAYER", "relu").replace("gauge,", "{gauge: {factors: [1, 3]}},"))
    assert model(x=x).h[0, 0, 0] == 4**3


def test_what_copies_give_is_stacked_where_their_operation_says_so() -> None:
    x = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0))
    out = archgraph.compile(SPEC.replace("LAYER", "tanh"))(x=x)
    first = (x * 2).tanh()
    torch.testing.assert_close(out.b, torch.stack([x[:, -1], first[:, -1], (first * 2).tanh()[:, -1]], 1))
    assert str(archgraph.compiler.program(SPEC.replace("LAYER", "tanh")).variables["b"].type) == "real[3, 4]"


def test_what_copies_give_in_different_shapes_is_not_joined() -> None:
    (item,) = archgraph.check(SPEC.replace("LAYER", "{linear: 4 + index}")).diagnostics
    assert (item.code, item.message) == (
        "AG076",
        "the copies of 'n' give 'gauge.level' in different shapes, which cannot be joined",
    )


def test_a_runtime_class_that_there_is_not_is_named() -> None:
    with pytest.raises(LookupError, match=r"the runtime has no costs\.Nothing"):
        archgraph.emit(SPEC.replace("LAYER", "broken"))


STEPS = """archgraph: 1
variables:
  y: {kind: target, type: "real[T, 4]"}
  y_tilde: prediction
nodes:
  predictor: {role: predictor, layers: [peek, {linear: 4}]}
  C: {role: cost, op: squared_error}
edges:
  - y -[delay 3]-> predictor -> y_tilde
  - y, y_tilde -> C
"""


def test_what_looks_ahead_and_keeps_no_state_does_not_stream() -> None:
    model = archgraph.compile(STEPS)
    assert "'peek' (line 6) looks ahead, and keeps no state by steps" in model.reason
