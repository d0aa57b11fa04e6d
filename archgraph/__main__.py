"""`python -m archgraph` is the command `archgraph`."""

from __future__ import annotations

import sys

from archgraph.cli import main

if __name__ == "__main__":
    sys.exit(main())
