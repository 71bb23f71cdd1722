"""The page of support circles."""
