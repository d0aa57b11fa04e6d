"""Export: a compiled model as a file for other programs, its names and free axes those of the spec."""
