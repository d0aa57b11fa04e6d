"""What holds for every test."""

from __future__ import annotations

import os

# Processes that share the machine count with one thread each, and so do those that they start.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
