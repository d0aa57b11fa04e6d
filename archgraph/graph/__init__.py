"""The graph: what a spec means, with names resolved, and what every operation must say of itself."""
