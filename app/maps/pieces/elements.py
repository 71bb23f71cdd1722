"""The pieces that folium lacks: furniture, signs, labels, and shapes without a function per feature."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

PANES = {
    "areas": 410, "inner": 415, "ground": 417, "roads": 420, "gaps": 430, "points": 435, "villages": 440, "signs": 620,
    "chosen": 630, "labels": 640,
    "letters": 650,
}
"""Drawing order by pane, so that switching a layer off and on does not put it on top."""


@cache
def _text(name: str) -> str:
    return (files("app.maps") / "static" / name).read_text(encoding="utf-8")


def as_json(value: object) -> str:
    """JSON that is safe inside a script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


class Furniture(MacroElement):
    """North arrow, scale, tag, an empty legend, and the functions that the groups call.

    It is part of the base map, whose script must not change with the view: streamlit-folium loads
    the map anew when it does.
    """

    _template = Template("""
        {% macro header(this, kwargs) %}<style>{{ this.css }}</style>{% endmacro %}
        {% macro script(this, kwargs) %}
        {{ this.code }}
        rongtu.furnish({{ this._parent.get_name() }}, {{ this.config }});
        {% endmacro %}""")

    def __init__(self, *, bounds: Sequence[float], tag: str, legend_title: str, attribution: str = "") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Furniture"
        west, south, east, north = bounds
        self.css = _text("map.css")
        self.code = _text("map.js") + _text("household_points.js")
        self.config = as_json({
            "bounds": [[south, west], [north, east]],
            "tag": tag,
            "legendTitle": legend_title,
            "attribution": attribution,
            "panes": PANES,
        })


class _Call(MacroElement):
    """A call of one of our functions on the group that this is added to."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        rongtu.{{ this.function }}({{ this._parent.get_name() }}, {{ this.arguments }});
        {% endmacro %}""")

    def __init__(self, function: str, *arguments: object) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Call"
        self.function = function
        self.arguments = ", ".join(as_json(argument) for argument in arguments)


def shapes(
    features: Sequence[Mapping[str, Any]],
    *,
    pane: str,
    style: Mapping[str, Any] | None = None,
    hover: Mapping[str, Any] | None = None,
) -> MacroElement:
    """GeoJSON features, each with its own ``style`` and ``tip`` (HTML) among its properties."""
    interactive = any(f["properties"].get("tip") or f["properties"].get("code") for f in features)
    options = {"pane": pane, "style": style or {}, "hover": hover, "interactive": interactive}
    return _Call("shapes", {"type": "FeatureCollection", "features": list(features)}, options)


def signs(marks: Sequence[Mapping[str, Any]], *, pane: str = "signs") -> MacroElement:
    """Points drawn as ``html`` of ``size`` pixels; for a hundred or so, each costs a millisecond.

    With ``drag`` a sign can be taken elsewhere; a click of kind ``dragged`` then tells ``code@longitude@latitude``.
    """
    return _Call("signs", list(marks), pane)


def labels(marks: Sequence[Mapping[str, Any]]) -> MacroElement:
    """Words on the map, the important first: where two would meet the later one is hidden."""
    return _Call("labels", list(marks))


def points(options: Mapping[str, Any]) -> MacroElement:
    """Households from the API's packed answer; the script says which ``options`` there are."""
    return _Call("points", options)


def answers(names: Sequence[str]) -> MacroElement:
    """Which of its values the map gives back from now on; streamlit-folium would keep to those it began with."""
    return _Call("answers", list(names))


class Show(MacroElement):
    """What changes outside the groups: the legend, the place looked at, layers switched off.

    Added to a group of its own that comes last.
    """

    _template = Template("""
        {% macro script(this, kwargs) %}
        rongtu.show({{ this._parent._parent.get_name() }}, {{ this.view }}, [
            {%- for index in range(this.names | length) -%}
            [{{ this.names[index] }}, feature_group_feature_group_{{ index }}],
            {%- endfor -%}
        ]);
        {% endmacro %}""")

    def __init__(
        self, names: Sequence[str], *, legend: str, key: str | None, focus: Sequence[float] | None
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Show"
        self.names = [as_json(name) for name in names]
        box = None if focus is None else [[focus[1], focus[0]], [focus[3], focus[2]]]
        self.view = as_json({"legend": legend, "key": key, "focus": box})


def base_map(bounds: Sequence[float], furniture: Furniture) -> folium.Map:
    """An empty map of ``bounds`` (west, south, east, north) without tiles.

    SVG, not canvas: panes of a canvas renderer swallow each other's clicks.
    """
    west, south, east, north = bounds
    board = folium.Map(
        location=((south + north) / 2, (west + east) / 2),
        tiles=None,
        zoom_snap=0.1,
        zoom_delta=0.5,
        max_zoom=18,
        prefer_canvas=False,
        attribution_control=True,
    )
    board.options["maxZoom"] = 18
    board.add_child(furniture)
    return board
