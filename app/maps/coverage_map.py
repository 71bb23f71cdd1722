"""Coverage on a map: reach by area, the places most affected, the facilities that count."""

from __future__ import annotations

from dataclasses import dataclass

import folium

from app.maps import elements
from app.maps.area_layers import area_layer, chosen_outline, gap_layer, road_layer
from app.maps.ground import Ground
from app.maps.legend import legend
from app.maps.place_layers import facility_layers, levels_shown, name_layer
from app.maps.view import Caption, Figures, View, is_known
from app.messages import Words


@dataclass(frozen=True)
class Drawn:
    """A base map that stays the same from view to view, and what is drawn on it anew each time."""

    base: folium.Map
    groups: list[folium.FeatureGroup]
    control: folium.LayerControl


def draw_base(ground: Ground, caption: Caption, words: Words) -> folium.Map:
    """The base map: the same bytes for every mode, limit, facility and township."""
    fictional = f'<span class="fictional">{words("app.fictional")}</span>' if caption.fictional else ""
    tag = f'{fictional}<b>{words("app.internal")}</b> {words("map.data", date=words.date(caption.as_of))}'
    furniture = elements.Furniture(
        bounds=ground.bounds,
        tag=tag,
        legend_title=words("map.legend"),
        attribution=words("map.attribution") if caption.osm else "",
    )
    return elements.base_map(ground.bounds, furniture)


def draw(ground: Ground, figures: Figures, view: View, caption: Caption, words: Words) -> Drawn:
    """The map of one answer.

    Parameters
    ----------
    ground
        From :func:`app.maps.ground.make_ground`, of the same store.
    figures
        Without any, areas are drawn as "no data".
    view
        With a township, its villages carry the colours and the rest is dimmed.
    """
    by_town = {share.code: share for share in figures.townships}
    by_village = {
        share.code: share for share in figures.villages if view.township in (None, share.township)
    }
    inner = ground.villages[ground.villages.index.isin(list(by_village))]
    named = [
        (words("map.areas"), area_layer(ground, inner, by_town, by_village, view, words)),
        (words("map.roads"), road_layer(ground)),
        (words("map.gaps_layer"), gap_layer(ground, figures.gaps, view, words)),
        *facility_layers(view, words),
        (words("map.names"), name_layer(ground, inner, by_town, by_village, view, words)),
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
        legend=legend(words, levels_shown(view),
                      roads=bool(ground.roads), no_data=any(not is_known(by_town.get(c)) for c in ground.townships.index)),
        key=view.township,
        focus=ground.focus(view.township) if view.township else None,
    ))
    return Drawn(
        base=draw_base(ground, caption, words),
        groups=[*groups, last],
        control=folium.LayerControl(position="topright", collapsed=True),
    )
