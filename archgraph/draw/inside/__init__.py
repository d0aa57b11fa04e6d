"""What stands inside the roles: the layers of each module, stacked upward in a container of the role's colour."""
