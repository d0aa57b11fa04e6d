"""Faults of the graph: edges, ports and files that do not join up."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault

NOTHING = Fault("AG040", "an edge to nothing")
INTO_OBSERVED = Fault("AG041", "an edge into an observed variable")
OUT_OF_COST = Fault("AG042", "an edge out of an energy")
SELF_LOOP = Fault("AG043", "a self-loop without delay")
DELAY = Fault("AG045", "a delay that is not at least one step")
UNTOUCHED = Fault("AG046", "nothing touches it")
PORT = Fault("AG050", "unknown port")
CROWDED = Fault("AG051", "several edges into one port")
UNFED = Fault("AG052", "a port that nothing feeds")
CONTEXT = Fault("AG053", "a context edge into a node that cannot use it")
NO_CONTEXT = Fault("AG054", "cross-attention without a context")
DELAY_AXIS = Fault("AG055", "a delay without an axis to act on")
SHARE = Fault("AG056", "weights shared with nothing")
FILE = Fault("AG060", "a file that cannot be read")
FILE_CYCLE = Fault("AG061", "files that extend each other")
OUTSIDE = Fault("AG062", "a file outside the folder tree")
INCLUDED_TWICE = Fault("AG063", "a block given twice")
