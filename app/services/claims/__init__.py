"""Stated figures beside what the store counts under a printed definition."""
