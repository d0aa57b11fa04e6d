"""Where everything stands: the family's plan where a graph is of the family, layers elsewhere."""

from __future__ import annotations

from archgraph.draw.errors import PictureError
from archgraph.draw.layout.family import family
from archgraph.draw.layout.grid import Plan
from archgraph.draw.sketch import Sketch


def plan(sketch: Sketch, direction: str = "") -> Plan:
    """A place on the u grid for every part; layers flow in a direction: right, left, up or down, "" for right.

    Raises:
        PictureError: the graph is of the family, whose plan has a way of its own.
    """
    found = family(sketch)
    if found is None:
        from archgraph.draw.layout.turn import flowing  # which a picture of the family need not wait for

        return flowing(sketch, direction or "right")
    if direction not in ("", "right"):
        message = "encoder, predictor and decoder keep the plan of their family, so that its pictures can be compared"
        raise PictureError(f"{message}: its top row flows right, not {direction}")
    return found
