"""A table against its layer: columns, rows, ids, and all that is wrong at once."""
