"""Every household to its nearest facility."""
