"""The page of the data itself: what is there, how it came, and how it is put right."""
