"""The demonstration county: fictional, made from a seed, with something true to show on every page."""

from __future__ import annotations

from data.demo.county import County, make_county
from data.demo.size import FULL, SMALL, CountySize

__all__ = ["FULL", "SMALL", "County", "CountySize", "make_county"]
