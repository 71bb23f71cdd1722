"""Reading the ledger and undoing loads; both are for stewards."""

from __future__ import annotations

from app.roles import NotPermittedError, Role, Viewer
from app.services.layers import need_permission, permitted
from app.services.ledger.report import Entry, History, Step
from layers import registry
from layers.registry import LAYERS
from layers.store import Load, LoadKind, Store


def loads(viewer: Viewer, store: Store) -> list[Entry]:
    """Every load, the latest first.

    Raises
    ------
    NotPermittedError
        When the viewer is no steward of the whole county.
    """
    _steward(viewer)
    return [_entry(viewer, load) for load in store.loads()]


def one_load(viewer: Viewer, store: Store, load_id: int) -> Entry:
    """One load.

    Raises
    ------
    NotPermittedError
        When the viewer is no steward of the whole county.
    UnknownLoadError
        When there is none of that number.
    """
    _steward(viewer)
    return _entry(viewer, store.one_load(load_id))


def undo(viewer: Viewer, store: Store, load_id: int, *, reason: str = "") -> Entry:
    """Put everything back that a load changed; returns the entry that says so.

    Raises
    ------
    NotPermittedError
        When the viewer is no steward of the whole county.
    UnknownLoadError
        When there is none of that number.
    UndoError
        When it is undone already, or later loads built on it; the error names them.
    """
    _steward(viewer)
    return _entry(viewer, store.undo(load_id, by=viewer.role.value, reason=reason.strip()))


def history(viewer: Viewer, store: Store, name: str, key: str) -> History:
    """What one object was, and which load each of its versions came from; personal data is never shown.

    Raises
    ------
    NotPermittedError
        When the viewer is no steward of the whole county, or may only see counts of such objects.
    UnknownLayerError, UnknownItemError
        When there is no such layer, or never was such an object.
    """
    _steward(viewer)
    need_permission(viewer, name)
    layer = registry.get(name)
    versions = store.history(name, key)
    entries = {load.id: _entry(viewer, load) for load in store.loads()}
    steps: list[Step] = []
    before = None
    for version in versions:
        steps.append(Step(
            version=version.version,
            updated_at=version.updated_at,
            content=version.content,
            changed=tuple(name for name, value in version.content.items() if before is None or before[name] != value),
            load=entries[version.source],
            ended_by=None if version.ended_by is None else entries[version.ended_by],
            removed=version.removed,
        ))
        before = version.content
    return History(layer=layer, id=key, steps=tuple(steps))


def _entry(viewer: Viewer, load: Load) -> Entry:
    """The entry; which household an edit was about is not for who may only see counts of them."""
    layer = load.source.partition("/")[0]
    named = load.kind is LoadKind.EDIT or "/" in load.source
    hidden = named and layer in LAYERS and not permitted(viewer, layer)
    return Entry(load, source=layer if hidden else load.source, reason="" if hidden else load.reason)


def _steward(viewer: Viewer) -> None:
    if viewer.role is not Role.STEWARD or viewer.townships is not None:
        msg = "装入记录只供全县的数据管理员查看 (the ledger is for stewards of the whole county)"
        raise NotPermittedError(msg)
