"""Where a row lies by the place it names."""
