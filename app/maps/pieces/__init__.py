"""What maps are put together from."""
