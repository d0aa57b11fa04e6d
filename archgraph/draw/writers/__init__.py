"""The formats: a small writer of the scene for each."""
