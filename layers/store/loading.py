"""One load: frames checked against their layers and the store, compared with it, and written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from layers.errors import InvalidDataError
from layers.references import check_references
from layers.registry import LAYERS
from layers.schema import Label, Layer, ValidationReport, concat
from layers.store import bulk, ledger, past
from layers.store.codecs import digests, encode
from layers.store.reading import read
from layers.store.records import LayerLoad, LoadReport, Provenance
from layers.store.sealing import Keyring, Seal
from layers.store.tables import TABLES


@dataclass(frozen=True, slots=True)
class _Change:
    """What has to happen to one table."""

    compared: int
    columns: Mapping[str, list[Any]]  # new and changed rows only
    replaced: list[str]
    removed: list[str]
    rejected: int
    stands_for: Mapping[str, int]

    @property
    def stored(self) -> int:
        return len(self.columns["id"])

    @property
    def outcome(self) -> LayerLoad:
        """In rows of the file, of which several can make one row here."""
        rows = self.compared + sum(n - 1 for n in self.stands_for.values())
        stored = sum(self.stands_for.get(key, 1) for key in self.columns["id"])
        return LayerLoad(
            rows_in=rows + self.rejected, stored=stored, unchanged=rows - stored, removed=len(self.removed), rejected=self.rejected
        )


def load(
    connection: sa.Connection,
    keyring: Keyring,
    frames: Mapping[str, pd.DataFrame],
    provenance: Provenance,
    *,
    problems: ValidationReport,
    replace: bool,
    rejected: Mapping[str, int],
    stands_for: Mapping[str, Mapping[str, int]],
) -> LoadReport:
    """Compare conformed frames with the store and write what differs, in the transaction of ``connection``.

    ``rejected`` says how many rows of each layer were left out of its frame, ``stands_for`` how many rows of the file
    became one, by layer and id.

    Raises
    ------
    InvalidDataError
        With ``problems`` and with every reference that would lead nowhere.
    KeyFileError
        When there is personal data and its key is missing or wrong.
    """
    stored = {name: _contents(connection, name) for name in LAYERS if name in frames}
    later = {name: past.newer(connection, TABLES[name], provenance.as_of) for name in stored}
    report = concat([problems, _check_references(connection, frames, {} if replace else stored)])
    if replace:
        report += _check_those_that_stay(connection, frames)
    if not report.ok:
        raise InvalidDataError(report)
    changes = {
        name: _compare(
            LAYERS[name], frames[name], rows, _seal(connection, keyring, name, frames[name]), later[name],
            replace=replace, rejected=rejected.get(name, 0), stands_for=stands_for.get(name, {}),
        )
        for name, rows in stored.items()
    }
    outcome = {name: change.outcome for name, change in changes.items()}
    earlier = _earlier(connection, outcome, provenance)
    if earlier is not None:
        return LoadReport(earlier, outcome)
    moment = dt.datetime.now(dt.UTC)
    load_id = ledger.enter(connection, provenance, moment)
    for name, change in changes.items():
        _write(connection, name, change, load_id, moment)
    ledger.enter_layers(connection, load_id, outcome)
    if provenance.region is not None:
        ledger.put_region(connection, provenance.region)
    return LoadReport(load_id, outcome)


def remove(connection: sa.Connection, layer: Layer, ids: list[str], provenance: Provenance) -> LoadReport:
    """Take rows of one layer away.

    Raises
    ------
    InvalidDataError
        When a row that stays refers to one of them.
    """
    columns = ["id", *(spec.name for spec in layer.fields if spec.references)]
    frame = read(connection, layer, columns)
    frames = {layer.name: frame[~frame["id"].isin(ids)]}
    report = concat([_check_references(connection, frames, {}), _check_those_that_stay(connection, frames)])
    if not report.ok:
        raise InvalidDataError(report)
    change = _Change(compared=0, columns={"id": []}, replaced=[], removed=ids, rejected=0, stands_for={})
    moment = dt.datetime.now(dt.UTC)
    load_id = ledger.enter(connection, provenance, moment)
    _write(connection, layer.name, change, load_id, moment)
    ledger.enter_layers(connection, load_id, {layer.name: change.outcome})
    return LoadReport(load_id, {layer.name: change.outcome})


def _contents(connection: sa.Connection, name: str) -> dict[str, bytes]:
    """Id of every stored row to what stands for its content."""
    table = TABLES[name]
    return dict(connection.execute(sa.select(table.c.id, table.c.content)).all())


def _ids(connection: sa.Connection, names: Iterable[str]) -> dict[str, set[str]]:
    return {name: set(connection.execute(sa.select(TABLES[name].c.id)).scalars()) for name in names}


def _targets(names: Iterable[str]) -> set[str]:
    return {target for name in names for spec in LAYERS[name].fields for target in spec.references}


def _check_references(
    connection: sa.Connection, frames: Mapping[str, pd.DataFrame], stored: Mapping[str, Mapping[str, bytes]]
) -> ValidationReport:
    others = _ids(connection, _targets(frames) - frames.keys())
    return check_references(frames, known=others | {name: set(rows) for name, rows in stored.items()})


def _check_those_that_stay(connection: sa.Connection, frames: Mapping[str, pd.DataFrame]) -> ValidationReport:
    """Rows of other layers that would be left referring to rows that go."""
    staying = {}
    for name in LAYERS.keys() - frames.keys():
        columns = [spec.name for spec in LAYERS[name].fields if set(spec.references) & frames.keys()]
        if columns:
            staying[name] = read(connection, LAYERS[name], ["id", *columns])
    known = {name: set(frame["id"].dropna()) for name, frame in frames.items()}
    lost = check_references(staying, known=known | _ids(connection, _targets(staying) - frames.keys()))
    hint = Label("库中此记录引用的编号在新数据中没有了", "a stored row refers to an id that the new data no longer has")
    return ValidationReport(tuple(issue._replace(row=None, hint=hint) for issue in lost.issues))


def _seal(connection: sa.Connection, keyring: Keyring, name: str, frame: pd.DataFrame) -> Seal | None:
    """What seals the rows of a layer; None where there is nothing to seal."""
    return keyring.to_write(connection) if LAYERS[name].protected and len(frame) else None


def _compare(
    layer: Layer, frame: pd.DataFrame, known: Mapping[str, bytes], seal: Seal | None, later: Collection[str], *,
    replace: bool, rejected: int, stands_for: Mapping[str, int],
) -> _Change:
    """What differs; a row known only from a ``later`` day is stored again, for it held on this day already."""
    # In the order of ids, rows that are read together lie together.
    columns = encode(layer, frame.sort_values("id", kind="stable"))
    columns["content"] = digests(columns, seal.content_key if seal else b"")
    fresh = [
        k for k, (key, digest) in enumerate(zip(columns["id"], columns["content"], strict=True))
        if known.get(key) != digest or key in later
    ]
    replaced = [columns["id"][k] for k in fresh if columns["id"][k] in known]
    removed = sorted(known.keys() - set(columns["id"])) if replace else []
    kept = {column: [values[k] for k in fresh] for column, values in columns.items()}
    return _Change(len(frame), seal.close(layer, kept) if seal else kept, replaced, removed, rejected, stands_for)


def _earlier(connection: sa.Connection, outcome: Mapping[str, LayerLoad], provenance: Provenance) -> int | None:
    """Id of the load that already brought exactly this, or None when there is something to write."""
    if any(done.stored or done.removed or done.rejected for done in outcome.values()):
        return None
    if provenance.region is not None and ledger.region(connection) != provenance.region:
        return None
    latest = ledger.latest(connection)
    if not outcome or any(name not in latest or not _same(latest[name], provenance) for name in outcome):
        return None
    return int(max(latest[name].id for name in outcome))


def _same(load: ledger.Latest, provenance: Provenance) -> bool:
    """True when ``load`` brought the same thing: another file is another entry, though no row differs."""
    return (load.as_of, load.source, load.sha256) == (provenance.as_of, provenance.source, provenance.sha256)


def _write(connection: sa.Connection, name: str, change: _Change, load_id: int, moment: dt.datetime) -> None:
    table = TABLES[name]
    past.keep(connection, table, change.replaced, ended_by=load_id, removed=False)
    past.keep(connection, table, change.removed, ended_by=load_id, removed=True)
    if change.removed:
        connection.execute(sa.delete(table).where(past.among(connection, table.c.id, change.removed)))
    if change.stored:
        # A row that was there once goes on counting, so that no two versions of it have one number.
        earlier = past.last_versions(connection, table, change.columns["id"])
        bind = table.c.updated_at.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        written = moment if bind is None else bind(moment)
        history: dict[str, list[Any]] = {
            "source": [load_id] * change.stored,
            "updated_at": [written] * change.stored,
            "version": [earlier.get(key, 0) + 1 for key in change.columns["id"]],
        }
        bulk.upsert(connection, table, dict(change.columns) | history)
