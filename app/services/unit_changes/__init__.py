"""Village mergers, splits and renamings: proposed from a new list, confirmed by the steward, brought into the store."""
