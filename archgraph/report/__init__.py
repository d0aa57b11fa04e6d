"""What a program costs and is, in tables."""
