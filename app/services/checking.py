"""What is wrong with the data in the store."""

from __future__ import annotations

from typing import NamedTuple

from app.roles import NotPermittedError, Role, Viewer
from app.services.layers import permitted
from layers.references import check_references
from layers.registry import LAYERS
from layers.schema import ValidationReport, concat
from layers.store import Store


class Checked(NamedTuple):
    """The problems found, and the layers that were not looked into because the viewer may not see single rows of them."""

    report: ValidationReport
    left_out: tuple[str, ...]


def check_store(viewer: Viewer, store: Store) -> Checked:
    """Every problem of every layer that the viewer may see, and every reference that leads nowhere.

    Raises
    ------
    NotPermittedError
        When the viewer is not a steward: the report shows values of single rows.
    """
    if viewer.role is not Role.STEWARD:
        msg = "只有数据管理员可以检查数据 (only the steward may check the data)"
        raise NotPermittedError(msg)
    seen = [name for name in LAYERS if permitted(viewer, name)]
    left_out = tuple(name for name in LAYERS if name not in seen)
    frames = {name: store.read(name, protected=viewer.points) for name in seen}
    known = {name: store.read(name, columns=["id"])["id"].tolist() for name in left_out}
    report = concat(LAYERS[name].check(frames[name]) for name in seen) + check_references(frames, known=known)
    return Checked(report, left_out)
