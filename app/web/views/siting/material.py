"""What the page of siting draws with, kept for each state of the store."""

from __future__ import annotations

import json

import geopandas as gpd

from app.roles import Viewer
from app.services.county.areas import unique_codes
from app.services.layers import items
from app.services.siting.choices import candidate_places, people_choices
from app.services.siting.question import SitingQuestion, as_question
from app.web.kit.answers import kept
from layers.schema import Label
from layers.store import Store


@kept(8)
def candidates(
    viewer: Viewer, store: Store, kinds: tuple[str, ...], support_kind: str | None, own: str
) -> gpd.GeoDataFrame:
    """The candidates of some kinds and of one's own ``places``, these in JSON."""
    given = {"candidates": list(kinds), "support_kind": support_kind, **json.loads(own)}
    if not kinds and not given["places"]:
        return candidate_places(viewer, store, SitingQuestion()).iloc[:0]
    return candidate_places(viewer, store, as_question(given))


@kept(2)
def people(viewer: Viewer, store: Store) -> dict[str, Label]:
    """Kinds of households that may be counted."""
    return people_choices(viewer, store)


@kept(2)
def village_keys(viewer: Viewer, store: Store) -> dict[str, str]:
    """What the map knows each village by, by its id."""
    villages = items(viewer, store, "villages")
    return dict(zip(villages["id"].astype(str), unique_codes(villages).astype(str), strict=True))
