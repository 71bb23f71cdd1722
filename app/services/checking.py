"""What is wrong with the data in the store."""

from __future__ import annotations

from app.roles import NotPermittedError, Role, Viewer
from layers.references import check_references
from layers.registry import LAYERS
from layers.schema import ValidationReport, concat
from layers.store import Store


def check_store(viewer: Viewer, store: Store) -> ValidationReport:
    """Every problem of every layer, and every reference that leads nowhere.

    Raises
    ------
    NotPermittedError
        When the viewer is not a steward: the report shows values of single rows.
    """
    if viewer.role is not Role.STEWARD:
        msg = "只有数据管理员可以检查数据 (only the steward may check the data)"
        raise NotPermittedError(msg)
    frames = {name: store.read(name, protected=viewer.points) for name in LAYERS}
    return concat(layer.check(frames[name]) for name, layer in LAYERS.items()) + check_references(frames)
