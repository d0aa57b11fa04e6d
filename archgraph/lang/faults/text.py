"""Faults of the text itself; one of these stands alone, since nothing after it can be trusted."""

from __future__ import annotations

from archgraph.core.diagnostic import Fault

EMPTY = Fault("AG101", "empty file")
ROOT = Fault("AG102", "the root is not a mapping")
TAB = Fault("AG103", "a tab in the indentation")
SYNTAX = Fault("AG104", "not YAML")
DOCUMENTS = Fault("AG105", "more than one document")
DUPLICATE = Fault("AG106", "a key given twice")
TAG = Fault("AG107", "a tag")
ALIAS = Fault("AG108", "an anchor, alias or merge key")
DEPTH = Fault("AG109", "nested too deeply")
COUNT = Fault("AG110", "too many values")
DIGITS = Fault("AG111", "a number with too many digits")
ENCODING = Fault("AG112", "not UTF-8 text")
KEY = Fault("AG113", "a key that is not a word")
PASTED = Fault("AG114", "a pasted character")
SIZE = Fault("AG115", "file too large")
FLOW = Fault("AG117", "a chain or call that needs quotes")
UNREADABLE = Fault("AG118", "cannot be read")
