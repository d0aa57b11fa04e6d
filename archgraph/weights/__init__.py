"""Weights: published checkpoints and our own, read, matched by name, and put into a model's place."""
