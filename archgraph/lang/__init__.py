"""The front end: text to a located tree, to a typed spec, to the graph."""
