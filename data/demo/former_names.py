"""Former names: villages that were joined in the merger of 2019, and communities that were villages before."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from data.demo.areas import Areas
from data.demo.frames import layer_frame
from data.demo.names import village_names

_MERGER = dt.date(2019, 12, 31)
_JOINED = 0.05  # share of the villages that took another one in


def make_former_names(areas: Areas, rng: np.random.Generator) -> pd.DataFrame:
    """Names that old papers still use, each with the present village that it leads to."""
    villages = areas.villages
    rural = np.flatnonzero((villages["kind"] == "cun").to_numpy())
    heirs = np.sort(rng.choice(rural, max(1, round(_JOINED * len(rural))), replace=False))
    stems = village_names(rng, [False] * len(heirs), [*areas.village_stems, *areas.township_names])
    rows = [(areas.village_ids[k], f"{stem}村") for k, stem in zip(heirs.tolist(), stems, strict=True)]
    urban = np.flatnonzero((villages["kind"] == "shequ").to_numpy())
    rows += [(areas.village_ids[k], f"{areas.village_stems[k]}村") for k in urban.tolist()[::3]]
    frame = pd.DataFrame(rows, columns=["unit", "name"])
    return layer_frame("aliases", frame.assign(
        id=[f"{unit}:{name}" for unit, name in rows], valid_to=pd.Timestamp(_MERGER)))
