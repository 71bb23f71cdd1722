"""Holding claims against the store."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable
from typing import Any

import pandas as pd

from app.roles import NotPermittedError, Viewer
from app.services.answers.about import about
from app.services.claims.indicators import INDICATORS, find
from app.services.claims.material import Material
from app.services.claims.readings import Indicator, Reading
from app.services.claims.report import MOST_NAMED, ClaimsReport, Explanation, HeldClaim, Named, OtherReading
from app.services.county.data_date import data_date
from app.services.county.small_cells import few
from app.services.county.state import StoreState, settled
from layers.registry import LAYERS
from layers.schema import Label
from layers.store import Store

RULE = Label(
    "每个口径数字与库中按所列定义数得的数并列；按定义数得的数四舍五入到口径数字的位数后相同为一致",
    "each stated figure stands beside what the store counts under the definition printed with it; they agree when the count, "
    "rounded as the figure is, is the same",
)

_TEN_THOUSAND = "万"


def claims(viewer: Viewer, store: Store) -> ClaimsReport:
    """Every claim in the store beside what is counted, with the objects that explain a difference.

    Parameters
    ----------
    viewer
        Who asks; who may only see counts is told of no single household and of no count of a few.
    store
        Where the claims and the data are.

    Raises
    ------
    NotPermittedError
        When the viewer's reach is part of the county only: the figures are the whole county's.
    NoDataError
        When nothing has been loaded.
    """
    if viewer.townships is not None:
        msg = "口径数字说的是全县，只供能看全县的人核对 (claims are about the whole county; this viewer sees a part of it)"
        raise NotPermittedError(msg)
    return settled(store, lambda state: _held(viewer, state))


def _held(viewer: Viewer, state: StoreState) -> ClaimsReport:
    stated = state.store.read("claims").sort_values(["as_of", "id"], kind="stable")
    material = Material(viewer, state.store, data_date(state.store))
    held = [_one(viewer, material, row) for row in stated.to_dict("records")]
    order = {code: place for place, code in enumerate(INDICATORS)}
    held.sort(key=lambda claim: (order.get(claim.indicator or "", len(order)), claim.label.zh))
    return ClaimsReport(about(state, RULE, _notes(held)), tuple(held))


def _notes(held: list[HeldClaim]) -> tuple[Label, ...]:
    notes = []
    if not held:
        notes.append(Label("还没有录入口径数字；请把它们装入图层“口径数字”（rongtu import claims 文件）",
                           "no claims were entered; load them into the layer claims (rongtu import claims FILE)"))
    unknown = sorted({claim.label.zh for claim in held if claim.indicator is None})
    if unknown:
        notes.append(Label(
            f"这些指标没有定义，没有数：{'、'.join(unknown)}；可用：{'、'.join(one.label.zh for one in INDICATORS.values())}",
            f"there is no definition for {', '.join(unknown)}; nothing was counted for them",
        ))
    return tuple(notes)


def _one(viewer: Viewer, material: Material, row: dict[Hashable, Any]) -> HeldClaim:
    indicator = find(row["indicator"])
    unit = "" if pd.isna(row["unit"]) else row["unit"]
    claim = HeldClaim(
        id=row["id"],
        indicator=None if indicator is None else indicator.code,
        label=Label(row["indicator"], row["indicator"]) if indicator is None else indicator.label,
        stated=float(row["value"]),
        unit=unit or ("" if indicator is None else indicator.unit),
        as_of=row["as_of"].date(),
        statement=row["statement"],
        stated_in="" if pd.isna(row["stated_in"]) else row["stated_in"],
    )
    return claim if indicator is None else _counted(viewer, material, claim, indicator)


def _counted(viewer: Viewer, material: Material, claim: HeldClaim, indicator: Indicator) -> HeldClaim:
    readings = indicator.readings(material)
    if not readings:
        return claim
    chosen, hidden = readings[0], indicator.sensitive and not viewer.points
    scale = 1e4 if claim.unit == f"{_TEN_THOUSAND}{indicator.unit}" else 1.0
    told: dict[str, Any] = {name: getattr(claim, name) for name in HeldClaim.__dataclass_fields__}
    told["definition"] = chosen.definition
    if hidden and _tells_of_few(readings):
        return HeldClaim(**told | {"withheld": True})
    values = [reading.value / scale for reading in readings]
    agrees = [_same(value, claim.stated, whole=claim.unit == "%") for value in values]
    told["counted"], told["agrees"] = values[0], agrees[0]
    others = zip(readings[1:], values[1:], agrees[1:], strict=True)
    told["others"] = tuple(OtherReading(reading.definition, value, same) for reading, value, same in others)
    if not agrees[0]:
        told["explained_by"] = _explained(viewer, indicator, material, readings, agrees)
    return HeldClaim(**told)


def _tells_of_few(readings: list[Reading]) -> bool:
    """True where a count, or the difference of two of them, is of one to four households."""
    sets = [reading.ids for reading in readings]
    differences = [len(one ^ other) for one, other in itertools.combinations(sets, 2)]
    return any(few(n) for n in (*map(len, sets), *differences))


def _same(counted: float, stated: float, *, whole: bool) -> bool:
    """Whether the count, rounded to the figure's decimals, is the figure; all of a ``whole`` is no less than that."""
    if whole and stated in {0, 100}:
        return counted == stated
    decimals = len(f"{stated:.6f}".rstrip("0").partition(".")[2])
    return math.isclose(round(counted, decimals), stated, abs_tol=1e-9)


def _explained(
    viewer: Viewer, indicator: Indicator, material: Material, readings: list[Reading], agrees: list[bool]
) -> tuple[Explanation, ...]:
    found: list[Explanation] = []
    for reading, same in zip(readings, agrees, strict=True):
        if same and reading.layer == readings[0].layer:
            more = reading.objects[~reading.objects["id"].isin(readings[0].ids)]
            label = Label(f"按“{reading.definition.zh}”多出的", f"counted besides as {reading.definition.en}")
            found.append(_explanation(viewer, label, reading.layer, more))
            break
    said = {one.objects for one in found}
    for doubt in indicator.doubts(material):
        one = _explanation(viewer, doubt.label, doubt.layer, doubt.objects)
        found += [one] if one.objects not in said else []
    return tuple(one for one in found if one.count)


def _explanation(viewer: Viewer, label: Label, layer: str, objects: pd.DataFrame) -> Explanation:
    named: tuple[Named, ...] = ()
    if viewer.points or not LAYERS[layer].sensitive:
        first = objects.head(MOST_NAMED)
        names = first["name"].fillna(first["id"]) if "name" in first else first["id"]
        named = tuple(Named(key, name) for key, name in zip(first["id"], names, strict=True))
    return Explanation(label, layer, len(objects), named)
