"""Everything of a village that was split, given to one of its heirs."""

from __future__ import annotations

from app.roles import NotPermittedError, Role, Viewer
from layers.registry import LAYERS
from layers.store import Store


def all_to(viewer: Viewer, store: Store, village: str, code: str) -> dict[str, dict[str, str]]:
    """Layer to id to ``code`` for every row that names a village.

    Parameters
    ----------
    viewer
        Who asks.
    store
        The county.
    village
        Id of a present village.
    code
        Of the heir, in the new list.

    Returns
    -------
    dict
        As ``assign`` of a change takes it.

    Raises
    ------
    NotPermittedError
        When the viewer is not the steward.
    """
    if viewer.role is not Role.STEWARD:
        msg = "只有数据管理员可以调整区划 (only the steward may change units)"
        raise NotPermittedError(msg)
    found: dict[str, dict[str, str]] = {}
    for layer in LAYERS.values():
        if layer.name == "aliases":
            continue
        for column in (spec.name for spec in layer.fields if "villages" in spec.references):
            rows = store.read(layer.name, columns=["id", column])
            found.setdefault(layer.name, {}).update(dict.fromkeys(rows.loc[rows[column] == village, "id"].tolist(), code))
    return {layer: rows for layer, rows in found.items() if rows}
