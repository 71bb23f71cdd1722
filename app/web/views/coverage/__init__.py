"""The page of coverage, a module for each of its sides."""
