"""The ledger: what was loaded, what became of each object, and undoing a load."""
