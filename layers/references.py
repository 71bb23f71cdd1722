"""Rules across layers: every reference must be found in the layer it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from layers.registry import LAYERS
from layers.schema import Issue, Label, ValidationReport


def check_references(
    frames: Mapping[str, pd.DataFrame], *, known: Mapping[str, Collection[str]] | None = None
) -> ValidationReport:
    """References of ``frames`` that lead nowhere.

    Parameters
    ----------
    frames
        Layer name to frame.
    known
        Layer name to ids that may be referred to besides those of ``frames``. A reference into
        layers that are named in neither is not checked.
    """
    ids: dict[str, set[str]] = {name: set(more) for name, more in (known or {}).items()}
    for name, frame in frames.items():
        own = frame["id"].dropna().astype(str) if "id" in frame else ()
        ids[name] = ids.get(name, set()).union(own)
    issues: list[Issue] = []
    for name, frame in frames.items():
        for spec in LAYERS[name].fields:
            targets = [target for target in spec.references if target in ids]
            if targets and spec.name in frame:
                found = set().union(*(ids[target] for target in targets))
                issues += _lost(name, frame, spec.name, targets, found)
    return ValidationReport(tuple(issues))


def _lost(name: str, frame: pd.DataFrame, column: str, targets: list[str], found: set[str]) -> list[Issue]:
    hint = Label(
        "在" + "、".join(LAYERS[target].label.zh for target in targets) + "中找不到此编号",
        "not found in " + ", ".join(targets),
    )
    values = frame[column]
    lost = np.flatnonzero((values.notna() & ~values.isin(found)).to_numpy(dtype=bool))
    keys = frame["id"].astype(object).tolist() if "id" in frame else [""] * len(frame)
    return [
        Issue(name, frame.index[k], str(keys[k]), column, "reference", str(values.iloc[k]), hint) for k in lost.tolist()
    ]
