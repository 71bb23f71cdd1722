"""Where the layers are kept: an SQLite file by default, or PostGIS, behind one interface."""

from layers.store.records import (
    LayerLoad,
    LayerSummary,
    Load,
    LoadKind,
    LoadReport,
    Provenance,
    Region,
    SavedScenario,
    Version,
)
from layers.store.repository import Store

__all__ = [
    "LayerLoad", "LayerSummary", "Load", "LoadKind", "LoadReport", "Provenance", "Region", "SavedScenario", "Store",
    "Version",
]
