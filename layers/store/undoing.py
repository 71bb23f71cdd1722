"""Undoing a load: every row as it was before, as long as no later load built on what it brought.

A later load built on it when it stored or removed one of the same rows, or rows that refer to one. One that
found them as they were did not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa

from layers.errors import UndoError
from layers.references import check_references
from layers.registry import LAYERS
from layers.schema import Layer
from layers.store import ledger, past
from layers.store.reading import read
from layers.store.records import LayerLoad, Load, LoadKind, Provenance
from layers.store.tables import LOADS, TABLES, past_of
from layers.store.types import Moment


def undo(connection: sa.Connection, load_id: int, by: str, reason: str) -> Load:
    """Put back what a load replaced and removed, take away what it added, and enter that in the ledger.

    Raises
    ------
    UnknownLoadError
        When there is no such load.
    UndoError
        When it is undone already, is itself an undoing, or later loads built on it.
    """
    load = ledger.one(connection, load_id)
    _check_can_be_undone(load)
    touched = {name: _touched(connection, TABLES[name], load_id) for name in load.layers}
    _refuse(load, set().union(*(_later(connection, TABLES[name], ids, load_id) for name, ids in touched.items())))
    moment = dt.datetime.now(dt.UTC)
    provenance = Provenance(load.source, load.sha256, by, load.as_of, kind=LoadKind.UNDO, reason=reason)
    undo_id = ledger.enter(connection, provenance, moment)
    connection.execute(sa.update(LOADS).where(LOADS.c.id == load_id).values(undone_by=undo_id))
    outcome = {
        name: _put_back(connection, TABLES[name], ids, load_id, undo_id, moment) for name, ids in touched.items()
    }
    ledger.enter_layers(connection, undo_id, outcome)
    _refuse(load, _left_referring(connection, load))
    return ledger.one(connection, undo_id)


def _check_can_be_undone(load: Load) -> None:
    if load.kind is LoadKind.UNDO:
        msg = f"第 {load.id} 次是撤销，不能再撤销；请重新装入原来的文件 (load {load.id} undid another; load that file again)"
        raise UndoError(msg)
    if load.undone_by is not None:
        msg = f"第 {load.id} 次装入已被第 {load.undone_by} 次撤销 (load {load.id} was undone already, by {load.undone_by})"
        raise UndoError(msg)


def _refuse(load: Load, built_on_it: Iterable[int]) -> None:
    if later := sorted(built_on_it):
        numbers = [str(number) for number in later]
        msg = (
            f"第 {load.id} 次装入不能撤销：第 {'、'.join(numbers)} 次装入用到了它的记录，请先撤销它们 "
            f"(load {load.id} cannot be undone: loads {', '.join(numbers)} built on it; undo them first)"
        )
        raise UndoError(msg, later)


def _touched(connection: sa.Connection, table: sa.Table, load_id: int) -> list[str]:
    """Ids of the rows that the load stored, replaced or removed."""
    gone = past_of(table)
    query = sa.union(
        sa.select(table.c.id).where(table.c.source == load_id),
        sa.select(gone.c.id).where(sa.or_(gone.c.source == load_id, gone.c.ended_by == load_id)),
    )
    return list(connection.execute(query).scalars())


def _later(connection: sa.Connection, table: sa.Table, ids: list[str], load_id: int) -> set[int]:
    """Later loads that count and stored or removed one of the rows."""
    gone = past_of(table)
    query = sa.union(
        sa.select(table.c.source).where(table.c.source > load_id, past.among(connection, table.c.id, ids)),
        sa.select(gone.c.source).where(gone.c.source > load_id, past.among(connection, gone.c.id, ids)),
        sa.select(gone.c.ended_by).where(gone.c.ended_by > load_id, past.among(connection, gone.c.id, ids)),
    )
    counting = set(connection.execute(past.counting()).scalars())
    return counting.intersection(connection.execute(query).scalars())


def _put_back(
    connection: sa.Connection, table: sa.Table, ids: list[str], load_id: int, undo_id: int, moment: dt.datetime
) -> LayerLoad:
    before = past.as_it_stood(table, past.counting(before=load_id))
    these = past.among(connection, before.c.id, ids)
    standing = set(connection.execute(sa.select(before.c.id).where(these)).scalars())
    here = past.among(connection, table.c.id, ids)
    present = set(connection.execute(sa.select(table.c.id).where(here)).scalars())
    past.keep(connection, table, sorted(present & standing), ended_by=undo_id, removed=False)
    past.keep(connection, table, sorted(present - standing), ended_by=undo_id, removed=True)
    connection.execute(sa.delete(table).where(here))
    earlier = past_of(table)
    last = sa.select(sa.func.max(earlier.c.version)).where(earlier.c.id == before.c.id).scalar_subquery()
    anew = {"version": last + 1, "updated_at": sa.literal(moment, Moment())}
    columns = [anew.get(name, sa.type_coerce(column, sa.types.NullType())) for name, column in before.c.items()]
    connection.execute(sa.insert(table).from_select(table.c.keys(), sa.select(*columns).where(these)))
    return LayerLoad(rows_in=len(standing), stored=len(standing), unchanged=0, removed=len(present - standing))


def _left_referring(connection: sa.Connection, load: Load) -> set[int]:
    """Loads by which rows now refer to something that is not there."""
    found: set[int] = set()
    for name, layer in LAYERS.items():
        columns = [spec.name for spec in layer.fields if spec.references]
        concerned = name in load.layers or any(set(layer[column].references) & load.layers.keys() for column in columns)
        if not columns or not concerned:
            continue
        frame = read(connection, layer, ["id", *columns, "source"])
        targets = {target for column in columns for target in layer[column].references} - {name}
        known = {target: set(connection.execute(sa.select(TABLES[target].c.id)).scalars()) for target in targets}
        lost = check_references({name: frame}, known=known).issues
        sources = dict(zip(frame["id"], frame["source"].tolist(), strict=True))
        found |= {sources[issue.id] for issue in lost if sources[issue.id] > load.id}
        found |= _removers(connection, layer, {issue.value for issue in lost}, load.id)
    return found


def _removers(connection: sa.Connection, layer: Layer, ids: set[str], load_id: int) -> set[int]:
    """Later loads that removed one of ``ids`` from a layer that ``layer`` refers to."""
    found: set[int] = set()
    for target in {target for spec in layer.fields for target in spec.references}:
        gone = past_of(TABLES[target])
        query = sa.select(gone.c.ended_by).where(
            gone.c.removed, gone.c.ended_by > load_id, past.among(connection, gone.c.id, ids),
            gone.c.ended_by.in_(past.counting()),
        )
        found.update(connection.execute(query).scalars())
    return found
