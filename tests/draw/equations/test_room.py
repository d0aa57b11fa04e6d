"""Free rectangles of a page: none meets what is taken, and none can grow."""

from __future__ import annotations

import random

from archgraph.draw.equations.room import rooms
from archgraph.draw.paths import Box

PAGE = (0.0, 0.0, 240.0, 120.0)


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_empty_page_is_one_room() -> None:
    assert rooms((), PAGE, 6.0) == (PAGE,)


def test_what_stands_in_the_middle_leaves_four_rooms_the_largest_first() -> None:
    found = rooms([(60.0, 48.0, 120.0, 72.0)], PAGE, 0.0)
    sides = {(120.0, 0.0, 240.0, 120.0), (0.0, 0.0, 60.0, 120.0), (0.0, 0.0, 240.0, 48.0), (0.0, 72.0, 240.0, 120.0)}
    assert set(found) == sides
    assert found[0] == (120.0, 0.0, 240.0, 120.0)


def test_rooms_keep_their_air_and_cannot_grow() -> None:
    draw = random.Random(5)
    for _ in range(20):
        corners = [(6.0 * draw.randrange(36), 6.0 * draw.randrange(16)) for _ in range(5)]
        taken = [(x, y, x + 6.0 * draw.randint(1, 4), y + 6.0 * draw.randint(1, 3)) for x, y in corners]
        found = rooms(taken, PAGE, 6.0)
        assert found
        aired = [(a - 6.0, b - 6.0, c + 6.0, d + 6.0) for a, b, c, d in taken]
        for a, b, c, d in found:
            assert not any(meet((a, b, c, d), box) for box in aired)
            for grown in ((a - 6, b, c, d), (a, b - 6, c, d), (a, b, c + 6, d), (a, b, c, d + 6)):
                outside = grown[0] < 0 or grown[1] < 0 or grown[2] > PAGE[2] or grown[3] > PAGE[3]
                assert outside or any(meet(grown, box) for box in aired)
