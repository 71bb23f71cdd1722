"""What is in 15 minutes of here: a point of the map, a village or a station, chosen and told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import geopandas as gpd
import streamlit as st

from app.maps.circle_map import Here
from app.messages import Words
from app.roles import Viewer
from app.services.circles.around_report import Around, Near, Place
from app.services.circles.report import CircleReport
from app.services.county.facilities import EXPIRED
from app.web.kit import empty
from app.web.kit.asked import point, to_address
from app.web.kit.parts import subtitle
from app.web.views.circles import material as circle_material
from app.web.views.circles.asked import CircleAsked
from layers.schema import Label
from layers.store import Store

_CHOSEN = "circle_here"
_NOWHERE = ""


class Spot(NamedTuple):
    """A place that one may ask around: a station, or the middle of a village."""

    name: str
    township: str
    township_name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Spots:
    """Every :class:`Spot`, by ``village:code`` or ``facility:id``, in the order of their townships."""

    by_key: dict[str, Spot]

    @classmethod
    def of(cls, stations: gpd.GeoDataFrame, villages: CircleReport) -> Spots:
        """Open stations, and the villages of a report."""
        names = {area.township: area.township_name for area in villages.by_area}
        found = {
            f"village:{a.code}": Spot(a.name, a.township, a.township_name, a.centre_lon, a.centre_lat)
            for a in villages.by_area
            if a.centre_lon is not None and a.centre_lat is not None
        }
        columns = (stations.index, stations["name"], stations["township"], stations.geometry)
        for own, name, town, place in zip(*columns, strict=True):
            found[f"facility:{own}"] = Spot(str(name), str(town), names.get(str(town), ""), place.x, place.y)
        return cls(dict(sorted(found.items(), key=lambda entry: entry[1].township)))

    def keys(self, township: str | None) -> list[str]:
        """Keys of the spots of one township, or of all."""
        return [key for key, spot in self.by_key.items() if township in (None, spot.township)]

    def pick(self, key: str) -> None:
        """Choose a spot by its key and look at its township; or a ``point:lon,lat``, or with an empty text nothing."""
        kind, _, code = key.partition(":")
        st.session_state[_CHOSEN] = key
        st.session_state["village"] = code if kind == "village" else None
        if key in self.by_key and self.by_key[key].township:
            st.session_state["township"] = self.by_key[key].township


def from_address(spots: Spots) -> None:
    """First look at the page: at the place that its address names, as far as there is one."""
    if _CHOSEN in st.session_state:
        return
    key = st.query_params.get("here", _NOWHERE)
    kind, _, code = key.partition(":")
    spots.pick(key if key in spots.by_key or (kind == "point" and point(code)) else _NOWHERE)


def keep_address() -> None:
    """Keep in the page's address the place that is looked at: a village, a station or a point, never a household."""
    to_address({"here": st.session_state[_CHOSEN]}, {"here": _NOWHERE})


def chosen_here(viewer: Viewer, store: Store, asked: CircleAsked, spots: Spots, words: Words) -> Here | None:
    """The point that is chosen and what is around it, if one is."""
    key = st.session_state.get(_CHOSEN) or ""
    kind, _, code = key.partition(":")
    if kind == "point" and (place := point(code)) is not None:
        lon, lat = place
        name = words("circle.point")
    elif key in spots.by_key:
        spot = spots.by_key[key]
        name, lon, lat = spot.name, spot.lon, spot.lat
        if kind == "village":
            name = words("circle.village_middle", name=name)
    else:
        return None
    return Here(lon, lat, name, circle_material.circle_of(viewer, store, asked, lon, lat))


def here_panel(
    viewer: Viewer, store: Store, asked: CircleAsked, spots: Spots, township: str | None, words: Words
) -> None:
    """Choose a village or a station, and read what is around it."""
    here = chosen_here(viewer, store, asked, spots, words)
    subtitle(words("circle.here", n=words.minutes(asked.minutes)), here.name if here else "")
    _selectbox(spots, township, words)
    if here is None:
        st.caption(words("circle.here_hint"))
        return
    if not here.around.on_network:
        empty.notice(words.pick(here.around.about.notes[0]))
        return
    title = f'{words("circle.here", n=words.minutes(asked.minutes))}: {here.name}'
    told = "".join(_told(here.around, words))
    st.html(f'<p class="rt-print">{escape(title)}</p><div class="rt-here">{told}</div>')


def _selectbox(spots: Spots, township: str | None, words: Words) -> None:
    chosen = st.session_state.get(_CHOSEN) or _NOWHERE
    options = [_NOWHERE, *spots.keys(township)]
    if chosen not in options and chosen in spots.by_key:
        options.append(chosen)
    if chosen.startswith("point:"):
        options.append(chosen)
    key = f"circle_pick_{words.language}"
    st.session_state[key] = chosen if chosen in options else _NOWHERE

    def label(option: str) -> str:
        if option == _NOWHERE:
            return words("circle.pick_none")
        if option not in spots.by_key:
            return words("circle.point")
        spot = spots.by_key[option]
        return words("circle.pick_village", name=spot.name, township=spot.township_name) if spot.township_name else spot.name

    st.selectbox(
        words("circle.pick"), options, key=key, format_func=label, label_visibility="collapsed",
        on_change=lambda: spots.pick(st.session_state[key]),
    )


def _told(around: Around, words: Words) -> Iterator[str]:
    score = words("circle.here_full") if around.complete else words("circle.here_score", score=words.percent(around.score))
    yield f'<p class="rt-score">{escape(score)}</p>'
    for item in around.items:
        if item.code in around.missing:
            yield (f'<p class="rt-missing"><b>{escape(words("circle.missing", item=_name(item, words)))}</b> '
                   f"{escape(_nearest(item, words))}</p>")
    names = {kind.code: _name(kind, words) for kind in around.services}
    if not around.places:
        yield f"<p>{escape(words('circle.nothing'))}</p>"
    for group, places in _grouped(around.places, list(names)):
        title = words("circle.group", kind=names.get(group, group), n=len(places), minutes=f"{places[0].minutes:.1f}")
        yield _list(title, (_line(place, words) for place in places))
    if around.lapsed:
        lines = (_line(place, words, lapsed=True) for place in around.lapsed)
        yield _list(words("circle.lapsed_group", n=len(around.lapsed)), lines, "rt-lapsed")


def _grouped(places: Sequence[Place], order: Sequence[str]) -> list[tuple[str, list[Place]]]:
    groups: dict[str, list[Place]] = {}
    for place in places:
        groups.setdefault(place.group, []).append(place)
    return sorted(groups.items(), key=lambda group: order.index(group[0]) if group[0] in order else len(order))


def _list(title: str, lines: Iterable[str], kind: str = "") -> str:
    return f'<details class="{kind}"><summary>{escape(title)}</summary><ul>{"".join(lines)}</ul></details>'


def _line(place: Place, words: Words, *, lapsed: bool = False) -> str:
    beside = [words("circle.minutes", n=f"{place.minutes:.1f}")]
    if place.offer:
        beside.append(place.offer)
    if lapsed:
        expired = place.state == EXPIRED
        beside.append(words("circle.expired", date=place.agreement_to) if expired else words("circle.not_begun"))
    elif place.agreement_to:
        beside.append(words("circle.until", date=place.agreement_to))
    return f"<li>{escape(place.name)} <span>{escape(' · '.join(beside))}</span></li>"


def _nearest(item: Near, words: Words) -> str:
    if item.nearest is None:
        return words("circle.nowhere")
    return words("circle.nearest", name=item.nearest.name, n=f"{item.nearest.minutes:.1f}")


def _name(near: Near, words: Words) -> str:
    return words.pick(Label(near.zh, near.en))
