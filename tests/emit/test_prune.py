"""An emitted file holds what its model uses, and nothing else."""

from __future__ import annotations

from archgraph.emit.prune import prune

TEXT = """def unused(x):
    return helper(x)


def helper(x):
    return x


class Layer:
    def forward(self, x):
        return helper(x)


class Old:
    pass


class Model:
    layer: Layer
"""


def test_keeps_what_the_last_class_reaches_and_nothing_else() -> None:
    text = prune(TEXT)
    assert [name for name in ("unused", "helper", "Layer", "Old", "Model") if name in text] == [
        "helper",
        "Layer",
        "Model",
    ]
    assert prune(text) == text
    assert "\n\n\n\n" not in text
