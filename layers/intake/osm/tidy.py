"""The last look: nothing leaves the reader that a layer would refuse."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from layers.intake.osm.report import Tally
from layers.references import check_references
from layers.registry import LAYERS
from layers.schema import Issue, Label


def tidy(frames: Mapping[str, gpd.GeoDataFrame], left_out: Tally) -> dict[str, gpd.GeoDataFrame]:
    """The frames in their layers' columns and types, without the rows that break a rule.

    Map data are typed by hand, so a value or a shape can always turn up that no rule foresaw;
    such a row is left out and counted with what is wrong with it.
    """
    clean: dict[str, gpd.GeoDataFrame] = {}
    for name, layer in LAYERS.items():
        if name not in frames:
            continue
        frame = layer.conform(frames[name])
        clean[name] = _without(frame, layer.check(frame).issues, layer.label, left_out)
        references = check_references({**clean, name: clean[name]}).issues
        clean[name] = _without(clean[name], [i for i in references if i.layer == name], layer.label, left_out)
    return clean


def _without(frame: gpd.GeoDataFrame, issues: list[Issue] | tuple[Issue, ...], what: Label,
             left_out: Tally) -> gpd.GeoDataFrame:
    if not issues:
        return frame
    first = {issue.row: issue for issue in reversed(issues)}
    for issue in first.values():
        left_out.add(what, Label(f"{issue.column}：{issue.hint.zh}", f"{issue.column}: {issue.hint.en}"),
                     names=[issue.id])
    return frame.drop(index=list(first)).reset_index(drop=True)
