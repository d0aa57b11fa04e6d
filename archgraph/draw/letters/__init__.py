"""Words and symbols as outlines."""
