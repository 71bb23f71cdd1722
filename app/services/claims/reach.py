"""Shares of people within reach, as headline figures state them: counted by the services behind the pages."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from app.messages import percent_value
from app.services.circles.service import circles
from app.services.claims.material import Material
from app.services.claims.readings import Doubt, Indicator, Reading
from app.services.coverage.service import coverage
from geo.speeds import Mode
from layers.schema import Label

_NOTHING = pd.DataFrame({"id": [], "name": []}, dtype="str")
_WALK = Label("步行 15 分钟能到服务站的人数占比（位置准确的）", "persons of known place with a station within 15 minutes on foot (share)")
_DRIVE = Label("驾车 15 分钟能到服务站的人数占比（位置准确的）", "persons of known place with a station within 15 minutes by car (share)")
_CIRCLE = Label("步行 15 分钟内服务齐全的人数占比（位置准确的）", "persons of known place with a full circle in 15 minutes on foot (share)")


def _of_stations(material: Material, mode: Mode, definition: Label) -> list[Reading]:
    return _reading(definition, coverage(material.viewer, material.store, mode=mode).total.persons_reach_rate)


def _of_circles(material: Material) -> list[Reading]:
    return _reading(_CIRCLE, circles(material.viewer, material.store).total.persons_complete_rate)


def _reading(definition: Label, rate: float | None) -> list[Reading]:
    return [] if rate is None else [Reading(definition, "households", _NOTHING, percent_value(rate))]


def _reach_read(material: Material) -> list[Reading]:
    walk, drive = (_of_stations(material, mode, said) for mode, said in ((Mode.WALK, _WALK), (Mode.DRIVE, _DRIVE)))
    return [*walk, *drive] if walk else []


def _circle_read(material: Material) -> list[Reading]:
    found = _of_circles(material)
    return [*found, *_reach_read(material)] if found else []


def _reach_doubted(material: Material) -> list[Doubt]:
    areas = coverage(material.viewer, material.store, by="village").by_area
    reached = [(area.code, area.name, area.persons_reached, area.persons - area.persons_imprecise) for area in areas]
    return _villages_where(
        Label("有人步行 15 分钟到不了服务站的村（社区）", "villages with persons beyond a 15 minutes' walk of a station"),
        ((code, name) for code, name, done, known in reached if done is not None and done < known),
    )


def _circle_doubted(material: Material) -> list[Doubt]:
    areas = circles(material.viewer, material.store, by="village").by_area
    return _villages_where(
        Label("有人步行 15 分钟内服务不全的村（社区）", "villages with persons who lack a service within a 15 minutes' walk"),
        ((area.code, area.name) for area in areas if area.persons_incomplete),
    )


def _villages_where(label: Label, villages: Iterable[tuple[str, str]]) -> list[Doubt]:
    return [Doubt(label, "villages", pd.DataFrame([pair for pair in villages if pair[0]], columns=["id", "name"]))]


REACH = (
    Indicator("reach_rate", Label("15分钟可达率", "Reach rate in 15 minutes"), "%", _reach_read, _reach_doubted, ("可达率",)),
    Indicator("circle_reach_rate", Label("15分钟服务圈覆盖率", "Full circles in 15 minutes"), "%", _circle_read, _circle_doubted,
              ("服务圈覆盖率", "15分钟拥军服务圈覆盖率")),
)
