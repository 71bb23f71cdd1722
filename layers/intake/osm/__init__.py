"""Reading a region from an OpenStreetMap extract."""

from __future__ import annotations

from layers.intake.osm.extract import read_extract
from layers.intake.osm.report import Count, Extract

__all__ = ["Count", "Extract", "read_extract"]
