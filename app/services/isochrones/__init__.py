"""Polygons around what lies within a limit of a point."""
