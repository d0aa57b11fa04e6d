"""The specs that ship with the package."""
