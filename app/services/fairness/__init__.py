"""Who reaches what, by kind of household, and how evenly."""
