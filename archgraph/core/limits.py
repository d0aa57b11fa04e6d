"""The bounds that keep every answer quick and small, in one place."""

from __future__ import annotations

BYTES = 4 * 1024 * 1024  # of one file
DEPTH = 64  # of nesting in YAML
NODES = 400_000  # scalars, lists and mappings of one file
DIGITS = 40  # of one number
SIZE = 1_000_000_000  # of one axis, width or count
PARAMETERS = 2_000_000_000_000  # learned numbers of one model: 4 TB in bf16
EXPANDED = 200_000  # operations after blocks and repeats are written out
BUILT = 16_384  # of these, operations that are built one by one, as blocks and copies with an index are
BLOCKS = 64  # of blocks that use blocks
TERMS = 256  # of one expression
FILES = 64  # of one chain of extends and include
POWER = 4_096  # bits of an intermediate whole number in an expression
BOUNDS = 12  # time bounds kept per tensor and variable before they are joined
