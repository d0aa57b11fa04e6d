"""The numbers of a path, written all at once, are those that are written one by one."""

from __future__ import annotations

from random import Random

from archgraph.draw.paths import Path
from archgraph.draw.writers.svg import data, number


def test_numbers_of_a_path_are_written_as_each_alone() -> None:
    random = Random(0)
    odd = [0.0, -0.0, -0.004, 0.005, 10.0, -10.0, 100.0, 0.1, -0.1, 20.2, 1000.001, -0.9, 99.995, 1e-9, 12.34]
    for count, letter in ((2, "L"), (4, "Q"), (6, "C")):
        for _ in range(50):
            numbers = tuple(random.choice([*odd, random.uniform(-2000, 2000)]) for _ in range(count))
            path: Path = (("M", numbers[:2]), (letter, numbers), ("Z", ()))
            said = " ".join(number(value) for value in numbers)
            assert data(path) == f"M{number(numbers[0])} {number(numbers[1])}{letter}{said}Z"
