"""What a layer is: its fields, its rules, and how a frame is brought to them and checked."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.checking import Findings, check_field, check_geometry
from layers.fields import Field, Issue, Kind, Label, Rule, ValidationReport, Vocabulary, concat
from layers.values import WGS84, absent, coerce, shapes_of

__all__ = [
    "WGS84", "Field", "Issue", "Kind", "Label", "Layer", "Rule", "ValidationReport", "Vocabulary", "concat",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One kind of thing that is stored: with geometry a map layer, without a plain table.

    Every layer has a text ``id``, unique in it, first among its fields. Frames hold the fields as
    columns, geometry in WGS 84. ``sensitive`` layers leave the program as aggregates only unless
    the viewer may see points.
    """

    name: str
    label: Label
    fields: tuple[Field, ...]
    geometry: tuple[str, ...] = ()
    geometry_required: bool = True
    rules: tuple[Rule, ...] = ()
    sensitive: bool = False
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {f.name: f for f in self.fields})

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    @property
    def spatial(self) -> bool:
        """True for a map layer, False for a plain table."""
        return bool(self.geometry)

    @property
    def protected(self) -> tuple[Field, ...]:
        """Fields that hold personal data."""
        return tuple(f for f in self.fields if f.protected)

    @property
    def columns(self) -> list[str]:
        """Field names in order, without the geometry."""
        return [f.name for f in self.fields]

    def conform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The layer's columns in order and in their own types; what cannot be typed is empty.

        Returns
        -------
        DataFrame or GeoDataFrame
            A GeoDataFrame in WGS 84 for a map layer, its shapes flat and None where there is none.
            Extra columns are dropped; the index stays.
        """
        return self.examine(frame)[0]

    def check(self, frame: pd.DataFrame) -> ValidationReport:
        """All problems of ``frame`` against this layer: columns, types, values, geometry, rules."""
        return self.examine(frame)[1]

    def examine(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, ValidationReport]:
        """The conformed frame and all its problems, for the price of one."""
        # Of two columns with one name the first counts, as in a spreadsheet's formulas.
        frame = frame.loc[:, ~frame.columns.duplicated()]
        findings = Findings(self.name, frame, frozenset(f.name for f in self.fields if f.protected))
        columns = {}
        for spec in self.fields:
            if spec.name not in frame:
                columns[spec.name] = absent(spec, frame.index)
                if spec.required:
                    findings.column_missing(spec.name)
                continue
            columns[spec.name], bad = coerce(spec, frame[spec.name])
            check_field(spec, columns[spec.name], bad, findings)
        tidy = pd.DataFrame(columns, index=frame.index)
        if self.spatial:
            shapes, bad = shapes_of(frame)
            check_geometry(self.geometry, shapes, bad, findings, required=self.geometry_required)
            tidy = gpd.GeoDataFrame(tidy, geometry=gpd.array.from_shapely(shapes, crs=WGS84))
        for rule in self.rules:
            broken = rule.broken(tidy).fillna(value=False).to_numpy(dtype=bool)
            findings.add(np.asarray(broken), rule.column, rule.name, rule.hint)
        return tidy, ValidationReport(tuple(findings.issues))
