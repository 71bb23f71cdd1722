"""Villages merged, split, renamed, made and abolished: proposed from two code lists, confirmed, applied."""
