"""Limits close to each other are for who may see single households."""

from __future__ import annotations

import dataclasses

import pytest
from small_county import PROVENANCE, frames

from app.roles import LOCAL_STEWARD, SERVER
from app.services.access.service import access
from app.services.catchments.service import catchments
from app.services.circles.service import circles
from app.services.county.limits import COUNTS_MINUTES, limit_for
from app.services.coverage.service import coverage
from app.services.fairness.service import fairness
from app.services.isochrones.service import isochrones
from app.services.scenarios.definition import as_scenario
from app.services.scenarios.service import whatif
from geo.errors import ParameterError
from layers.store import Store

SEEING = dataclasses.replace(SERVER, points=True)


def drawn(viewer, store, *, minutes):
    return isochrones(viewer, store, ids=["S1"], minutes=[5, minutes])


def tried(viewer, store, *, minutes):
    return whatif(viewer, store, as_scenario({"name": "试", "minutes": minutes}))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(str(tmp_path_factory.mktemp("limits") / "county.db")) as opened:
        opened.load(frames(), PROVENANCE)
        yield opened


@pytest.mark.parametrize("answer", [access, catchments, circles, coverage, fairness, drawn, tried])
def test_every_answer_that_counts_households_keeps_to_them(store, answer):
    answer(SERVER, store, minutes=20)
    answer(SEEING, store, minutes=14)
    with pytest.raises(ParameterError, match="相近时限之差会显出单户"):
        answer(SERVER, store, minutes=14)


def test_seconds(store):
    assert [limit_for(SERVER, minutes) for minutes in COUNTS_MINUTES] == [60 * minutes for minutes in COUNTS_MINUTES]
    assert limit_for(LOCAL_STEWARD, 14.5) == 870
    for wrong in (0, -1, float("nan"), 1e9):
        for viewer in (SERVER, LOCAL_STEWARD):
            with pytest.raises(ParameterError, match="时限须大于 0"):
                limit_for(viewer, wrong)
