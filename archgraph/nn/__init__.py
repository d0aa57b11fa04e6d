"""Runtime layers: they import torch alone, and emitted models carry copies of their source."""
