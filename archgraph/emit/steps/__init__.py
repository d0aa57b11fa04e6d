"""The streaming form of a model: `start` and `step`."""
