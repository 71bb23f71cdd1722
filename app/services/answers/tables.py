"""The rows of an answer together with what their columns mean, so that every door shows them alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely

from app.services.answers.plain import plain
from layers.schema import Kind, Layer

_DECIMALS = 7
"""Of degrees: a centimetre."""


@dataclass(frozen=True)
class Table:
    """Rows of ``layer``, which names the columns in two languages; in WGS 84 where it has geometry.

    ``total`` is what they come to together, by column: the last line of a workbook's sheet, and no row.
    """

    layer: Layer
    frame: pd.DataFrame
    total: Mapping[str, Any] = field(default_factory=dict)

    def conformed(self) -> pd.DataFrame:
        """The rows in the layer's own order and types."""
        return self.layer.conform(self.frame.reset_index(drop=True))

    def records(self) -> list[dict[str, Any]]:
        """The rows as plain values for JSON, without geometry; what is not known is None."""
        rows = pd.DataFrame(self.conformed()[self.layer.columns])
        names = self.layer.columns
        columns = [[plain(value) for value in rows[name].tolist()] for name in names]
        return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    def geojson(self) -> dict[str, Any]:
        """The rows as a GeoJSON FeatureCollection; rows without a place have no geometry."""
        frame = self.conformed()
        shapes = frame["geometry"].to_numpy() if self.layer.spatial else np.full(len(frame), None)
        rounded = shapely.transform(shapes, lambda xy: np.round(xy, _DECIMALS))
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": None if shape is None or shape.is_empty else shapely.geometry.mapping(shape),
                    "properties": properties,
                }
                for shape, properties in zip(rounded, self.records(), strict=True)
            ],
        }

    def named(self, *, chinese: bool) -> pd.DataFrame:
        """The rows as people read them: headings and codes in words, without geometry."""
        rows = pd.DataFrame(self.conformed()[self.layer.columns])
        for spec in self.layer.fields:
            words = {code: label[0 if chinese else 1] for code, label in spec.vocabulary.terms.items()} if spec.vocabulary else {}
            if spec.kind is Kind.CHOICE:
                rows[spec.name] = rows[spec.name].map(words)
            elif spec.kind is Kind.CHOICES:
                rows[spec.name] = [[words.get(code, code) for code in codes] for codes in rows[spec.name]]
        return rows
