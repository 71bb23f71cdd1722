"""Filling a whole store: the demonstration county, and regions from OpenStreetMap extracts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from app.roles import NotPermittedError, Role, Viewer
from data.demo import make_county
from geo.errors import RongtuError
from layers.intake.osm import Extract
from layers.store import LoadKind, LoadReport, Provenance, Region, Store

Progress = Callable[[str, float], None]


class OtherRegionError(RongtuError, ValueError):
    """The store holds another region; loading over it must be asked for."""


def load_demo(
    viewer: Viewer, store: Store, *, seed: int = 7, replace: bool = False, progress: Progress | None = None
) -> LoadReport:
    """Make the demonstration county and load it through the same checks as any data.

    Raises
    ------
    OtherRegionError
        When the store holds another region and ``replace`` is not given.
    """
    may_load(viewer)
    _other_region(store, fictional=True, name=None, replace=replace)
    county = make_county(seed, progress)
    provenance = Provenance(
        source=f"虚构的演示县 Fictional county, {seed}",
        kind=LoadKind.DEMO,
        sha256="",
        loaded_by=viewer.role.value,
        as_of=county.as_of,
        region=county.region,
    )
    return store.load(county.frames, provenance, replace=True)


def load_extract(viewer: Viewer, store: Store, extract: Extract, *, source: str, replace: bool = False) -> LoadReport:
    """Fill the layers from an OpenStreetMap extract; what the extract no longer holds goes.

    Parameters
    ----------
    viewer
        Who loads.
    store
        Where to.
    extract
        From :func:`layers.intake.osm.read_extract`.
    source
        Name of the file, for the ledger.
    replace
        Load over another region.

    Raises
    ------
    OtherRegionError
        When the store holds another region and ``replace`` is not given.
    """
    may_load(viewer)
    _other_region(store, fictional=False, name=extract.region_name, replace=replace)
    provenance = Provenance(
        source=f"OpenStreetMap: {source}",  # the map's credit follows from it
        kind=LoadKind.OSM,
        sha256=extract.sha256,
        loaded_by=viewer.role.value,
        as_of=extract.as_of,
        region=Region(extract.region_name, extract.region_name),
    )
    return store.load(_whole(store, extract.frames, replace=replace), provenance, replace=True)


def may_load(viewer: Viewer) -> None:
    """Go on only for those who may load.

    Raises
    ------
    NotPermittedError
    """
    if viewer.role is not Role.STEWARD:
        msg = "只有数据管理员可以装入数据 (only the steward may load data)"
        raise NotPermittedError(msg)


def _other_region(store: Store, *, fictional: bool, name: str | None, replace: bool) -> None:
    known = store.region()
    if replace or store.is_empty() or known is None:
        return
    if known.fictional != fictional or (name is not None and known.name_zh != name):
        msg = (
            f"库 {store.address} 中已有“{known.name_zh}”；换一个库（--store），或加 --replace 覆盖 "
            f"(the store already holds {known.name_en}; choose another with --store, or add --replace)"
        )
        raise OtherRegionError(msg)


def _whole(store: Store, frames: Mapping[str, Any], *, replace: bool) -> Mapping[str, Any]:
    """The frames, and, when another region is replaced, nothing for every layer that it had besides."""
    if not replace:
        return frames
    left = [row.name for row in store.summary() if row.rows and row.name not in frames]
    return {**frames, **{name: store.read(name, limit=0) for name in left}}


def counts(report: LoadReport) -> pd.DataFrame:
    """Rows in, stored, unchanged and removed by layer."""
    rows = [
        {"layer": name, "rows_in": n.rows_in, "stored": n.stored, "unchanged": n.unchanged, "removed": n.removed}
        for name, n in report.layers.items()
    ]
    return pd.DataFrame(rows, columns=["layer", "rows_in", "stored", "unchanged", "removed"])
