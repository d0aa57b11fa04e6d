"""Every operation says what it computes, in mathematics that is drawn and that LaTeX knows."""

from __future__ import annotations

import pytest

from archgraph.draw.equations.operations import written
from archgraph.draw.equations.pieces import COMMAS, Equation, formulas
from archgraph.draw.equations.typeset import said
from archgraph.draw.letters.maths import drawn
from archgraph.draw.writers import tex
from archgraph.graph.operation import Operation
from archgraph.ops import Operations
from tests.ops import cases
from tests.ops.cases import Case, make

ALL = [case for rows in vars(cases).values() if isinstance(rows, list) for case in rows if isinstance(case, Case)]
KNOWN = {case.op.name: case for case in ALL}


def fed(case: Case) -> set[str]:
    """The ports that are fed in a row of the table of operations."""
    return {"in" if name == "x" else name for name, types in case.given.items() if types}


def lines(op: Operation, *ports: str) -> list[str]:
    return [said(each).replace(" ", "") for each in written(op, ports, id="line")]


def test_every_operation_has_a_row_here() -> None:
    assert set(Operations().names()) == set(KNOWN)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_operation_has_equations_that_are_drawn_and_set(case: Case) -> None:
    found = list(written(case.op, fed(case), id="line"))
    assert case.op.equations(fed(case))
    for line in found:
        assert line.left and line.right
        for piece in (*line.left, *line.right):
            assert piece.tex in COMMAS or tex.maths(piece.tex)
            drawn(piece.tex)
    assert len({line.id for line in found}) == len(found)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equations_read_every_input_and_give_every_output(case: Case) -> None:
    ports = fed(case)
    found = formulas(case.op.equations(ports))
    inputs = {port.name for port in case.op.ports_in() if port.required or port.name in ports} - {"where"}
    assert [name for name in sorted(inputs) if not any(line.count(name) for line in found)] == []
    named = {line.output for line in found}
    assert [port.name for port in case.op.ports_out() if port.required and port.name not in named] == []


@pytest.mark.parametrize("case", ALL, ids=str)
def test_equations_have_learned_tensors_where_the_operation_has_parameters(case: Case) -> None:
    given = {"in" if name == "x" else name: types for name, types in case.given.items()}
    learned = any(line.learned for line in formulas(case.op.equations(fed(case))))
    assert learned == bool(case.op.parameters(given))


def test_arguments_show() -> None:
    assert lines(make("conv1d", channels=3, kernel=3, stride=2, dilation=4)) == ["Convolution(x)=(W∗₄x+b)↓₂"]
    assert lines(make("split", parts={"mu": 5, "v": 3})) == ["μ=x_1:5", "v=x_6:8", "Split(x)=(μ,v)"]
    assert lines(make("embedding", width=512, scale=True)) == ["Embedding(x)=√512Ex"]
    assert lines(make("scale", factor=1e-5)) == ["Scale(x)=10^-5x".replace("^-5", "⁻⁵")]
    assert lines(make("positions", theta=100.0))[0] == "P_2i,t=sin(t/100^2i/n)"
    assert lines(make("positions", columns=4))[2] == "P_t=[w(tmod4);w(⌊t/4⌋)]"
    scaled = make("positions", columns=4, length=12, first="row", scaled=True)
    assert lines(scaled)[2] == "P_t=[w(2π(1+⌊t/4⌋)/3);w(2π(1+tmod4)/4)]"
    assert lines(make("dropout", rate=0.0)) == ["Dropout(x)=x"]


def test_recurrent_layer_of_both_directions_ends_in_both() -> None:
    assert lines(make("gru", width=4, bidirectional=True))[-1] == "GRU(x)=[h_→;h_←]"


def test_random_parts_have_a_sign_of_their_own() -> None:
    first: Equation = next(written(make("dropout", rate=0.1), id="line"))
    assert first.sign == r"\sim" and said(first) == "m ∼ Bernoulli ( 0.9 )"
