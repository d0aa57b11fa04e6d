"""The program to readable PyTorch source: a class per node, straight-line forward, names from the spec."""
