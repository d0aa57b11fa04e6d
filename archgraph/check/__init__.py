"""The checks: shapes, masks and time through the graph, then the rules, one file each."""
