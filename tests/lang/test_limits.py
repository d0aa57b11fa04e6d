"""Blocks within blocks, and layers that share weights: what has a limit, and what is called how."""

from __future__ import annotations

from archgraph.compiler import check, program
from archgraph.core import limits

SPEC = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 4]"}
  h: hidden
nodes:
  n: BODY
edges:
  - x -> n -> h
"""


def nested(depth: int) -> str:
    """A spec whose blocks use each other so deep."""
    blocks = ["  b0: {layers: [relu]}", *(f"  b{i}: {{layers: [{{use: b{i - 1}}}]}}" for i in range(1, depth))]
    return SPEC.replace("BODY", f"{{use: b{depth - 1}}}") + "\n".join(["blocks:", *blocks, ""])


def test_blocks_use_blocks_up_to_a_depth() -> None:
    assert check(nested(limits.BLOCKS)).ok
    (item,) = check(nested(limits.BLOCKS + 1)).diagnostics
    assert (item.code, item.message) == ("AG023", f"blocks use blocks more than {limits.BLOCKS} deep")


def test_a_layer_that_shares_weights_and_has_no_name_is_called_so() -> None:
    nodes = program(SPEC.replace("BODY", "{layers: [{linear: 4}, {share: linear}, {share: linear}]}")).graph.nodes
    assert list(nodes["n"].body.nodes) == ["linear", "share", "share_2"]


def test_a_block_with_a_fault_of_its_own_is_told_once_and_not_where_it_is_used() -> None:
    text = SPEC.replace("BODY", "{use: forward}") + "blocks:\n  forward: {layers: [relu]}\n"
    found = check(text).diagnostics
    assert [(item.code, item.span.line) for item in found] == [("AG020", 10)]
