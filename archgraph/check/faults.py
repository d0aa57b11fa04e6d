"""Faults that the walk through the graph finds; those of single rules stand in the rules' own files."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault

CYCLE = Fault("AG044", "a cycle without delay")
DELAY_AXIS = Fault("AG055", "a delay without an axis to act on")
TOO_LARGE = Fault("AG036", "a model too large")
SHAPE = Fault("AG070", "shapes that do not fit")
HEADS = Fault("AG071", "heads that do not divide the width")
PREDICTION = Fault("AG073", "prediction and target that differ")
STATED = Fault("AG074", "a type that is not what is computed")
UNKNOWN_TYPE = Fault("AG075", "a type that cannot be inferred")
REPEAT = Fault("AG076", "a repeat whose copies do not fit")
LATER = Fault("AG091", "a cycle that needs its own future")
MISMATCHES = {"shape": SHAPE, "heads": HEADS, "prediction": PREDICTION}
