"""Bringing data in: files from offices, the demonstration county, regions from OpenStreetMap extracts."""

from app.services.importing.options import ImportOptions, Upload
from app.services.importing.regions import OtherRegionError, Progress, counts, load_demo, load_extract
from app.services.importing.report import ImportReport, Preview
from app.services.importing.service import check, load, preview

__all__ = [
    "ImportOptions", "ImportReport", "OtherRegionError", "Preview", "Progress", "Upload", "check", "counts", "load",
    "load_demo", "load_extract", "preview",
]
