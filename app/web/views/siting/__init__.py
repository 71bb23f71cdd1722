"""The page of siting."""
