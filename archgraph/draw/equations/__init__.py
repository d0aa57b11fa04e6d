"""The equations of a graph: one for each of its nodes, in LaTeX and drawn, in the colours of the picture."""
