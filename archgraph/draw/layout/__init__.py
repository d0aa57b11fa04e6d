"""Where everything stands: the plan of the family, layers elsewhere, and wires."""
