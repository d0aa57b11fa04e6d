"""What is too tall stands in columns: balanced, cut only where few wires pass, variables with what computes them."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest

from archgraph.draw.inside.blocks import Block, Skip
from archgraph.draw.inside.courses import Wiring, rows
from archgraph.draw.inside.folds import split
from archgraph.draw.inside.laid import Laid
from archgraph.draw.inside.stacks import Body
from archgraph.draw.layout.grid import Place
from archgraph.draw.sketch import Link


def box(name: str) -> Block:
    return Block(name, "box", "node", name, name)


def thing(name: str, *, width: float = 2.0, height: float = 1.0) -> Laid:
    place = Place(0.0, height / 2, width, height, "box", "up")
    return Laid({name: place}, box=(-width / 2, 0.0, width / 2, height))


def chained(*names: str) -> tuple[Link, ...]:
    return tuple(Link(f"{a}-{b}", a, b) for a, b in pairwise(names))


def test_columns_are_about_alike_rather_than_the_first_one_full() -> None:
    assert split([1.0] * 8, 6.0, 0.0) == [4, 4]
    assert split([1.0] * 8, 8.0, 0.0) == [8]
    assert split([3.0, 1.0, 1.0], 3.0, 0.5) == [1, 2]


def test_nothing_stands_alone_beside_a_tall_column() -> None:
    assert split([1.0, 6.0], 6.0, 0.0) == [2]


def test_stack_goes_on_beside_itself_and_says_where_it_ends() -> None:
    block = Block("s", "stack", "node", "s", children=tuple(map(box, "abcdef")))
    whole, columns = Body(block, ()).within(), Body(block, ()).within(4.0)
    assert whole.out == 0.0
    assert columns.box[3] - columns.box[1] < 0.7 * (whole.box[3] - whole.box[1])
    assert columns.places["d"].left > columns.places["c"].right
    assert columns.out == columns.places["f"].x


def test_skip_is_never_cut() -> None:
    block = Block("s", "stack", "node", "s", children=tuple(map(box, "abcdefgh")), skips=(Skip("c", "f"),))
    places = Body(block, ()).within(3.0).places
    assert len({places[name].x for name in "cdef"}) == 1
    assert places["b"].x < places["c"].x < places["g"].x


def test_limits_that_change_nothing_give_the_same_object() -> None:
    stack = Block("t", "stack", "node", "t", children=tuple(map(box, "abcdef")), frame="plate")
    body = Body(Block("s", "stack", "node", "s", children=(stack, box("g")), frame="container"), ())
    assert body.within(100.0) is body.within()
    assert body.within(4.0) is body.within(4.001)
    assert body.within(4.0).places != body.within().places
    assert body.within(4.0) == Body(body.block, ()).within(4.0)


def test_rows_are_cut_where_few_wires_pass() -> None:
    sizes = {name: thing(name) for name in "abcdefgh"}
    busy = tuple(Link(f"{s}-f", s, "f") for s in "abc") + chained(*"abcdefgh")
    found = rows([[name] for name in "abcdefgh"], sizes.__getitem__, Wiring(busy)).within(8.0)
    assert len({found.places[name].x for name in "cdef"}) == 1
    assert found.cuts == 2
    assert found.places["b"].x < found.places["c"].x < found.places["g"].x


@pytest.mark.parametrize("limit", [inf, 3.0])
def test_variable_stays_over_the_module_that_computes_it(limit: float) -> None:
    names = ["x", "m", "h", "n", "y"]
    sizes = {name: thing(name) for name in names}
    wiring = Wiring(chained(*names), tied=frozenset({"x", "h", "y"}))
    found = rows([[name] for name in names], sizes.__getitem__, wiring).within(limit).places
    assert found["x"].x == found["m"].x == found["h"].x
    assert found["n"].x == found["y"].x
    assert (found["n"].x > found["h"].x) == (limit < inf)


def test_things_of_a_row_stand_over_what_feeds_them() -> None:
    sizes = {name: thing(name, width=8.0 if name in "ab" else 1.0) for name in "abcd"}
    links = (Link("a-c", "a", "c"), Link("b-d", "b", "d"))
    found = rows([["a", "b"], ["c", "d"]], sizes.__getitem__, Wiring(links)).within(inf).places
    assert (found["c"].x, found["d"].x) == (found["a"].x, found["b"].x)


def test_what_is_only_looked_up_leaves_the_axis_to_the_data() -> None:
    sizes = {name: thing(name) for name in "abc"}
    links = (Link("a-c", "a", "c"), Link("b-c", "b", "c", context=True))
    found = rows([["a", "b"], ["c"]], sizes.__getitem__, Wiring(links)).within(inf).places
    assert found["a"].x == found["c"].x
    assert found["b"].right < found["a"].left
