"""What stands beside the picture: title and legend, callouts, signs, axes."""
