"""What a rule of the checker is: a fault, and a function that finds it in a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from archgraph.core.diagnostic import Collector, Fault
from archgraph.graph.program import Program


class Rule(NamedTuple):
    """A rule: `find` records its fault wherever the program has it. The program may be partial."""

    fault: Fault
    find: Callable[[Program, Collector], None]
