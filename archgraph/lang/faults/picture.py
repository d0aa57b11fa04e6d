"""Faults of what a spec says of its picture: pins, callouts and the steps of a build."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault
from archgraph.core.examples import AUTOENCODER

NOTHING = Fault(
    "AG200",
    "the picture has nothing of that name",
    story="""
`layout`, `callouts` and `builds` speak of the variables and nodes of the spec by name, and this is the name of none. It
may be misspelled, or what it named was removed. What stands inside a node is drawn with it, and has no place of its
own.
""",
    bad=AUTOENCODER + "layout: {encodr: [2.5, 0]}\n",
    good=AUTOENCODER + "layout: {encoder: [2.5, 0]}\n",
)
SAME_SPOT = Fault(
    "AG201",
    "two things on one spot",
    story="""
`layout` pins two things to the same place of the grid, and one would cover the other. A place is a column and a row in
u, the diameter of a variable; a module is two u long, so that its neighbours stand two u away or more.
""",
    bad=AUTOENCODER + "layout: {encoder: [2, 0], decoder: [2, 0]}\n",
    good=AUTOENCODER + "layout: {encoder: [2, 0], decoder: [6, 0]}\n",
)
SHOWN = Fault(
    "AG202",
    "a step shows what is there already",
    story="""
Each step of `builds` adds something to the picture, and what was added stays. This name was given in an earlier step,
or twice in one. Keep the first.
""",
    bad=AUTOENCODER + "builds: [y, [encoder, y], decoder]\n",
    good=AUTOENCODER + "builds: [y, encoder, decoder]\n",
)
