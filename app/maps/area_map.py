"""A map of areas: colours and figures by township and village, and whatever layers lie on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import folium

from app.maps.pieces import elements
from app.maps.pieces.area_layers import Marks, area_layer, chosen_outline, road_layer
from app.maps.pieces.ground import Bounds, Ground
from app.maps.pieces.place_layers import name_layer
from app.maps.view import Caption, View
from app.messages import Words


@dataclass(frozen=True)
class Drawn:
    """A base map that stays the same from view to view, and what is drawn on it anew each time."""

    base: folium.Map
    groups: list[folium.FeatureGroup]
    control: folium.LayerControl


def draw_base(ground: Ground, caption: Caption, words: Words) -> folium.Map:
    """The base map: the same bytes whatever is drawn on it."""
    fictional = f'<span class="fictional">{words("app.fictional")}</span>' if caption.fictional else ""
    tag = f'{fictional}<b>{words("app.internal")}</b> {words("map.data", date=words.date(caption.as_of))}'
    furniture = elements.Furniture(
        bounds=ground.bounds,
        tag=tag,
        legend_title=words("map.legend"),
        attribution=words("map.attribution") if caption.osm else "",
    )
    return elements.base_map(ground.bounds, furniture)


def draw_areas(
    ground: Ground,
    *,
    title: str,
    townships: Marks,
    villages: Marks,
    view: View,
    caption: Caption,
    legend: Sequence[str],
    layers: Sequence[tuple[str, list[Any]]] = (),
    focus: tuple[str, Bounds] | None = None,
    words: Words,
) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.pieces.ground.make_ground`, of the same store.
    title
        What the colours show: the name of their layer.
    townships, villages
        How each area is drawn; villages only those that may be looked at (of the chosen township).
        An area without a mark is drawn as "no data".
    view
        With a township, its villages carry the colours and the rest is dimmed.
    legend
        Rows from :mod:`app.maps.pieces.legend`.
    layers
        Name and pieces (:mod:`app.maps.pieces.elements`) of further layers, between the roads and the names.
    focus
        Where to look, and a key of it: the map moves there when the key changes. By default to the township.
    """
    inner = ground.villages[ground.villages.index.isin(list(villages))]
    named = [
        (title, area_layer(ground, inner, townships, villages, view, words)),
        (words("map.roads"), road_layer(ground)),
        *layers,
        (words("map.names"), name_layer(ground, inner, townships, villages, view)),
    ]
    groups = []
    for name, parts in named:
        group = folium.FeatureGroup(name=name)
        for part in parts:
            group.add_child(part)
        groups.append(group)
    last = folium.FeatureGroup(name="view", control=False)
    for part in chosen_outline(ground, view):
        last.add_child(part)
    last.add_child(elements.Show(
        [name for name, _ in named],
        legend="".join(legend),
        key=focus[0] if focus else view.township,
        focus=focus[1] if focus else ground.focus(view.township) if view.township else None,
    ))
    return Drawn(
        base=draw_base(ground, caption, words),
        groups=[*groups, last],
        control=folium.LayerControl(position="topright", collapsed=True),
    )
