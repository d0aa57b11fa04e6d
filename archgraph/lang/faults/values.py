"""Faults of single values: of the wrong kind, out of range, or arithmetic that does not work out."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault

WRONG_KIND = Fault("AG030", "a value of the wrong kind")
RANGE = Fault("AG031", "a value out of range")
EXPRESSION = Fault("AG032", "arithmetic that cannot be read")
ZERO = Fault("AG033", "division by zero")
UNKNOWN_NAME = Fault("AG034", "a name that is not a param")
NOT_WHOLE = Fault("AG035", "not a whole number")
TOO_LARGE = Fault("AG036", "a model too large")
AUTO = Fault("AG037", "a param that only data can tell")
