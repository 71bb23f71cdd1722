"""Where a row lies by its coordinates: their spellings and their datum."""
