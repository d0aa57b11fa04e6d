"""Other looks at one graph: in use, unrolled, lit up, frame by frame."""
