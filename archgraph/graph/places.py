"""What operations have in common that pick out positions by their numbers."""

from __future__ import annotations

from archgraph.graph.operation import Masks, Mismatch, need_sequence
from archgraph.graph.types import TensorType


def need_index(given: TensorType, index: TensorType, name: str) -> None:
    """Raise Mismatch unless the symbols of `index`, tokens(T)[K], are the positions of a sequence real[T, n]."""
    length, _ = need_sequence(given, name)
    if len(given.axes) != 2:
        raise Mismatch(f"'{name}' takes a sequence [T, features], and gets {given}")
    if index.element != "tokens" or index.classes is None or len(index.axes) != 1:
        raise Mismatch(f"'index' numbers positions, as tokens({length})[K] does, and is {index}", port="index")
    if index.classes.terms != length.terms:
        raise Mismatch(
            f"'index' numbers {index.classes} positions, and {given} has {length}",
            hint=f"number the positions of this sequence: tokens({length})[K]",
            port="index",
        )


def need_unpadded(given: Masks, name: str, *ports: str) -> None:
    """Raise Mismatch where an input is padded: what is picked out or put back could not be told from padding."""
    for port in ports:
        if any(mask is not None for masks in given.get(port, ()) for mask in masks):
            raise Mismatch(
                f"'{name}' counts positions, and '{port}' has padding among them",
                hint="give its variable no pad",
                port=port,
            )
