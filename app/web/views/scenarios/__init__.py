"""The page of what-if scenarios."""
