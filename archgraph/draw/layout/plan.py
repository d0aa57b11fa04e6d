"""Where everything stands: the family's plan where a graph is of the family, layers elsewhere."""

from __future__ import annotations

from archgraph.draw.layout.family import family
from archgraph.draw.layout.grid import Plan
from archgraph.draw.sketch import Sketch


def plan(sketch: Sketch) -> Plan:
    """A place on the u grid for every part."""
    found = family(sketch)
    if found is not None:
        return found
    from archgraph.draw.layout.layers import layered  # which a picture of the family need not wait for

    return layered(sketch)
