"""Values that every layer speaks: positions, diagnostics, axes, lags and limits. Imports nothing of the project."""
