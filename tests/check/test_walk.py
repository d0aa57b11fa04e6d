from __future__ import annotations

from archgraph.compiler import check, program

REPEATED = """archgraph: 1
variables:
  x: {kind: input, type: "real[T, 8]"}
  h: hidden
nodes:
  n: {repeat: 3, layers: [{conv1d: {channels: 4, kernel: 3}}]}
edges:
  - x -> n -> h
"""


def test_each_copy_of_a_repeat_takes_what_the_one_before_gives() -> None:
    copies = program(REPEATED).net.nodes["n"].copies
    assert [str(copy.given["in"][0].type) for copy in copies] == ["real[T, 8]", "real[T, 4]", "real[T, 4]"]


def test_the_look_ahead_of_the_copies_adds_up() -> None:
    bounds = program(REPEATED).variables["h"].time["x"].bounds
    assert [bound.offset for bound in bounds] == [3]


def test_copies_that_share_weights_and_change_the_shape_are_refused() -> None:
    text = REPEATED.replace("repeat: 3,", "repeat: 3, share: true,")
    assert [item.code for item in check(text).diagnostics] == ["AG076"]
