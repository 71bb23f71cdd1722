"""Rules across layers: every reference must be found in the layer it names."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from layers.registry import LAYERS
from layers.schema import Issue, Label, ValidationReport


def check_references(frames: Mapping[str, pd.DataFrame]) -> ValidationReport:
    """References of ``frames`` that lead nowhere.

    Parameters
    ----------
    frames
        Layer name to frame. A reference into layers none of which is given is not checked.
    """
    known = {name: set(frame["id"].dropna().astype(str)) for name, frame in frames.items()}
    issues: list[Issue] = []
    for name, frame in frames.items():
        for spec in LAYERS[name].fields:
            targets = [target for target in spec.references if target in known]
            if not targets or spec.name not in frame:
                continue
            values = frame[spec.name]
            found = values.isna() | values.isin(set().union(*(known[target] for target in targets)))
            where = Label(
                "在" + "、".join(LAYERS[t].label.zh for t in targets) + "中找不到此编号",
                "not found in " + ", ".join(targets),
            )
            issues += [
                Issue(name, index, str(frame["id"].loc[index]), spec.name, "reference", str(value), where)
                for index, value in values[~found].items()
            ]
    return ValidationReport(tuple(issues))
