"""What a compiled spec takes on this machine."""
