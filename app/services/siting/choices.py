"""What a question about siting may name: the places where a station might go, and whose people may be counted."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from app.roles import Viewer
from app.services.county.household_groups import county_groups
from app.services.county.state import StoreState, settled
from app.services.siting.candidates import CandidateChoice, own_places, standing_candidates
from app.services.siting.question import SitingQuestion
from layers.schema import Label
from layers.store import Store


def candidate_places(viewer: Viewer, store: Store, asked: SitingQuestion) -> gpd.GeoDataFrame:  # noqa: ARG001 - no single household's place
    """Every candidate of a question: ``id``, ``name``, ``kind``, ``village``, ``township`` and a point in WGS 84.

    Raises
    ------
    NoDataError
        When nothing has been loaded.
    """
    return settled(
        store,
        lambda state: pd.concat(
            [standing_candidates(state, CandidateChoice.of(asked)), own_places(state, asked.places)], ignore_index=True
        ),
    )


def people_choices(viewer: Viewer, store: Store) -> dict[str, Label]:  # noqa: ARG001 - the kinds, not who is of them
    """Kinds of households that a question may count, by code; the first are all of them."""

    def listed(state: StoreState) -> dict[str, Label]:
        found = county_groups(state)
        return dict(zip(found.code, found.label, strict=True))

    return settled(store, listed)
