"""Faults of form: keys, words, names and values that the language does not have."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault

ROLE = Fault("AG010", "unknown role")
OPERATION = Fault("AG011", "unknown operation")
UNKNOWN_KEY = Fault("AG012", "unknown key")
KIND = Fault("AG013", "unknown kind of variable")
NO_BODY = Fault("AG014", "a node without a body")
TWO_BODIES = Fault("AG015", "a node with two bodies")
VERSION = Fault("AG016", "unknown language version")
MISSING = Fault("AG017", "a key is missing")
RESERVED = Fault("AG018", "reserved, not yet built")
FORM = Fault("AG019", "a value of the wrong form")
NAME = Fault("AG020", "a name that cannot be used")
TWICE = Fault("AG021", "one name for two things")
CASE = Fault("AG022", "names that differ only in case", warning=True)
BLOCK = Fault("AG023", "unknown block")
VARIANT = Fault("AG024", "unknown variant")
PARAM = Fault("AG025", "unknown param")
TYPE = Fault("AG026", "a type that cannot be read")
CHAIN = Fault("AG027", "an edge that cannot be read")
OTHER_KEY = Fault("AG028", "an argument of another operation")
