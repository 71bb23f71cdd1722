"""Single objects put right by hand: found, corrected, moved, added, retired."""
