"""The store: layers in, layers out."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType, TracebackType
from typing import Any, Self

import pandas as pd
import sqlalchemy as sa

from layers.errors import StoreError
from layers.registry import get
from layers.schema import concat
from layers.store import editing, ledger, loading, mappings, scenarios, undoing
from layers.store.address import parse
from layers.store.engine import explained, make_engine, snapshot, writing
from layers.store.keys import place_of_key
from layers.store.opening import bring_up_to_date, require_up_to_date
from layers.store.reader import Reader
from layers.store.records import Load, LoadReport, Provenance, SavedScenario
from layers.store.sealing import Keyring


class Store(Reader):
    """The layers of one county, in an SQLite file or in a PostGIS database.

    Safe to share between threads. Use it as a context manager, or call :meth:`close`. Any method
    raises ``StoreError`` when the database cannot be reached or written. :meth:`at` gives it as it
    stood on another day; it is read in the same way, and refuses to be written.
    """

    @classmethod
    def open(cls, url: str, *, upgrade: bool = True, key: str | os.PathLike[str] | None = None) -> Self:
        """Open the store at ``url``; a new one is made, an older one brought up to date.

        Parameters
        ----------
        url
            A file's path, ``sqlite:///PATH``, or ``postgresql+psycopg://USER@HOST/DATABASE`` with,
            when the store is to have a schema of its own, ``?schema=NAME``.
        upgrade
            False to leave somebody else's store as it is: a new or older one is refused.
        key
            File of the key that personal data is encrypted with: by default that which the variable
            ``RONGTU_KEY`` names, or ``rongtu.key`` beside the store's file (``var/rongtu.key`` for a
            server's). It is made with the first personal data, and read only when there is some.

        Raises
        ------
        KeyFileError
            When an older store holds personal data and the key cannot be read or made.
        StoreError
            When it cannot be reached, read or brought up to date, or is something else than a store.
        StoreVersionError
            When a newer version of the program wrote it, or an older one that is to be left as it is.
        """
        address = parse(url)
        engine = make_engine(address)
        keyring = Keyring(place_of_key(address, key))
        try:
            with explained(address):
                if upgrade:
                    bring_up_to_date(engine, address, keyring)
                else:
                    require_up_to_date(engine, address)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, address, keyring)

    def close(self) -> None:
        """Let go of every connection; those of a past day belong to the store that it was asked of."""
        if self._day is None:
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.address!r})"

    def at(self, day: dt.date) -> Self:
        """The store as it stood on ``day``, for whoever reads one.

        Of every object it has the version that the last load of that day or an earlier one brought:
        it is the day on which the data held that counts, not the day on which it was loaded. Loads that
        were undone never were.
        """
        return type(self)(self._engine, self._address, self._keyring, day)

    def load(
        self,
        frames: Mapping[str, pd.DataFrame],
        provenance: Provenance,
        *,
        replace: bool = False,
        rejected: Mapping[str, int] = MappingProxyType({}),
        stands_for: Mapping[str, Mapping[str, int]] = MappingProxyType({}),
        unless_changed_since: str | None = None,
    ) -> LoadReport:
        """Check frames and store them: all of them, or nothing.

        Rows are matched by id; those that are stored already with the same content are not touched.

        Parameters
        ----------
        frames
            Layer name to frame.
        provenance
            Where the data comes from.
        replace
            Also remove the rows of the given layers that are absent from their frames.
        rejected
            Layer name to the number of rows that were left out of its frame: they are entered in the
            ledger, where rows in = stored + unchanged + rejected.
        stands_for
            Layer name to id to the number of rows of the file that became this one, where that is more than one: the
            ledger counts the file's rows.
        unless_changed_since
            The :meth:`stamp` of the content that the frames were checked against, if they were: nobody
            may have stored anything since.

        Raises
        ------
        UnknownLayerError
            When there is no layer of a name.
        InvalidDataError
            With every problem of the frames, and every reference that would lead nowhere.
        StaleCheckError
            When something was stored since ``unless_changed_since``; the frames have to be checked again.
        KeyFileError
            When there is personal data and its key is missing or wrong.
        """
        checked = {name: get(name).examine(frame) for name, frame in frames.items()}
        tidy = {name: frame for name, (frame, _) in checked.items()}
        problems = concat(report for _, report in checked.values())
        with self._writing() as connection:
            if unless_changed_since is not None:
                ledger.require_unchanged(connection, unless_changed_since)
            return loading.load(
                connection, self._keyring, tidy, provenance, problems=problems, replace=replace, rejected=rejected,
                stands_for=stands_for,
            )

    def edit(
        self,
        layer: str,
        key: str,
        values: Mapping[str, Any],
        *,
        version: int,
        by: str,
        reason: str = "",
        as_of: dt.date | None = None,
    ) -> int:
        """Add one row, or change some values of one; it is an entry of the ledger like any load.

        Parameters
        ----------
        layer, key
            Which row.
        values
            Field to value, and ``geometry`` to a shape in WGS 84; the others stay.
        version
            The version that was read and changed; 0 for a new row.
        by, reason
            Who edits it, and why.
        as_of
            The day from which it holds; by default today.

        Returns
        -------
        int
            Version of the row as it is stored now: the same one when nothing differs.

        Raises
        ------
        UnknownLayerError, UnknownFieldError
            When there is no such layer or field.
        LostUpdateError
            With both values, when the row has another version by now, or is gone.
        InvalidDataError
            With every problem of the row.
        """
        spec = get(layer)
        said = editing.provenance_of(spec, key, by, reason, as_of)
        with self._writing() as connection:
            return editing.edit(connection, self._keyring, spec, key, values, version, said)

    def retire(
        self, layer: str, key: str, *, version: int, by: str, reason: str = "", as_of: dt.date | None = None
    ) -> None:
        """Take one row away; its history stays, and the ledger says who did it and why.

        Raises
        ------
        UnknownLayerError, UnknownItemError
            When there is no such layer or row.
        LostUpdateError
            When the row has another version by now.
        InvalidDataError
            When other rows refer to it.
        """
        spec = get(layer)
        said = editing.provenance_of(spec, key, by, reason, as_of)
        with self._writing() as connection:
            editing.retire(connection, self._keyring, spec, key, version, said)

    def undo(self, load_id: int, *, by: str, reason: str = "") -> Load:
        """Put everything back that a load changed, and return the entry of the ledger that says so.

        Raises
        ------
        UnknownLoadError
            When there is no such load.
        UndoError
            When it is undone already or undid another, or later loads built on it: the error names them.
        """
        with self._writing() as connection:
            return undoing.undo(connection, load_id, by, reason)

    def mapping(self, layer: str, signature: str) -> dict[str, str | None] | None:
        """What the headings of a file of this shape stood for when one was loaded last; None when none was.

        Raises
        ------
        UnknownLayerError
        """
        name = get(layer).name
        with explained(self._address), snapshot(self._engine) as connection:
            return mappings.find(connection, name, signature)

    def remember_mapping(
        self, layer: str, signature: str, targets: Mapping[str, str | None], *, by: str
    ) -> None:
        """Keep what the headings of a file stand for, heading to target, for the next file of the same shape.

        Raises
        ------
        UnknownLayerError
        """
        name = get(layer).name
        with self._writing() as connection:
            mappings.put(connection, name, signature, targets, by)

    def scenarios(self) -> list[SavedScenario]:
        """What-if scenarios, ordered by name. They are no part of the content that :meth:`stamp` stands for."""
        with explained(self._address), snapshot(self._engine) as connection:
            return scenarios.every(connection)

    def scenario(self, name: str) -> SavedScenario:
        """The scenario called ``name``.

        Raises
        ------
        UnknownScenarioError
            When there is none.
        """
        with explained(self._address), snapshot(self._engine) as connection:
            return scenarios.one(connection, name)

    def save_scenario(self, name: str, definition: str, *, saved_by: str, version: int = 0) -> SavedScenario:
        """Keep a scenario.

        Parameters
        ----------
        name
            What it is found by.
        definition
            Its text.
        saved_by
            Who saves it.
        version
            The version that was read and changed; 0 for a new one.

        Raises
        ------
        LostUpdateError
            When the name is taken, or somebody else saved or deleted the scenario meanwhile.
        """
        with self._writing() as connection:
            return scenarios.put(connection, name, definition, saved_by, version)

    def delete_scenario(self, name: str, *, version: int) -> None:
        """Forget a scenario.

        Raises
        ------
        UnknownScenarioError
            When there is none of that name.
        LostUpdateError
            When somebody else saved it since ``version`` was read.
        """
        with self._writing() as connection:
            scenarios.remove(connection, name, version)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        if self._day is not None:
            msg = f"{self.address} 是过去某日的数据，只能查看 (this is the data as of a past day: it can only be read)"
            raise StoreError(msg)
        with explained(self._address), writing(self._engine) as connection:
            yield connection
