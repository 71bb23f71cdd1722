"""The store: layers in, layers out."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

import pandas as pd
import sqlalchemy as sa

from layers.registry import get
from layers.schema import concat
from layers.store import ledger, loading, matching, migrations, reading, scenarios
from layers.store.address import Address, parse
from layers.store.engine import explained, make_engine, snapshot, writing
from layers.store.keys import place_of_key
from layers.store.opening import bring_up_to_date, require_up_to_date
from layers.store.records import LayerSummary, Load, LoadReport, Provenance, Region, SavedScenario
from layers.store.sealing import Keyring


class Store:
    """The layers of one county, in an SQLite file or in a PostGIS database.

    Safe to share between threads. Use it as a context manager, or call :meth:`close`. Any method
    raises ``StoreError`` when the database cannot be reached or written.
    """

    def __init__(self, engine: sa.Engine, address: Address, keyring: Keyring) -> None:
        self._engine = engine
        self._address = address
        self._keyring = keyring

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
        """Let go of every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.address!r})"

    @property
    def address(self) -> str:
        """Where the store is, fit to be shown: never with a password."""
        return str(self._address)

    @property
    def backend(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def read(
        self,
        layer: str,
        *,
        columns: Iterable[str] | None = None,
        bbox: reading.Box | None = None,
        ids: Iterable[str] | None = None,
        limit: int | None = None,
        offset: int = 0,
        protected: bool = False,
    ) -> pd.DataFrame:
        """Rows of a layer, ordered by id.

        Parameters
        ----------
        layer
            Name of the layer.
        columns
            Only these, in this order: fields, ``geometry``, and the history of each row (``source``,
            the id of its load; ``updated_at``; ``version``). By default all fields and the geometry.
        bbox
            Only rows whose shape meets this window: west, south, east, north in degrees.
        ids
            Only rows with these ids; unknown ones are passed over.
        limit
            At most so many rows, of those that the other conditions leave.
        offset
            Passing over so many rows first.
        protected
            Whether personal data is read as well.

        Returns
        -------
        DataFrame or GeoDataFrame
            Columns in the types that ``Layer.conform`` gives, numbered from 0; a GeoDataFrame in
            WGS 84 when the geometry is among them.

        Raises
        ------
        UnknownLayerError, UnknownFieldError
            When there is no such layer or column.
        ProtectedFieldError
            When ``columns`` names personal data without ``protected``.
        ParameterError
            When the window or the limit cannot be meant.
        KeyFileError
            When there is personal data to read and its key is missing or wrong.
        """
        spec = get(layer)
        chosen = reading.choose_columns(spec, columns, protected=protected)
        reading.check_window(spec, bbox, limit, offset)
        with explained(self._address), snapshot(self._engine) as connection:
            return reading.read(
                connection, spec, chosen, bbox=bbox, ids=ids, limit=limit, offset=offset,
                keyring=self._keyring if protected else None,
            )

    def matches(self, layer: str, field: str, values: Iterable[str]) -> dict[str, list[str]]:
        """Rows whose protected field holds the same as one of ``values``, found by its keyed hash.

        Spaces, hyphens, full-width digits and a small ``x`` make no difference.

        Returns
        -------
        dict
            Those of ``values`` that were found, each with the ids of its rows in order.

        Raises
        ------
        UnknownLayerError, UnknownFieldError
            When there is no such layer or field, or rows are not found by it.
        KeyFileError
            When there is personal data and its key is missing or wrong.
        """
        with explained(self._address), snapshot(self._engine) as connection:
            return matching.matches(connection, self._keyring, get(layer), field, values)

    def load(
        self,
        frames: Mapping[str, pd.DataFrame],
        provenance: Provenance,
        *,
        replace: bool = False,
        rejected: Mapping[str, int] = MappingProxyType({}),
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

        Raises
        ------
        UnknownLayerError
            When there is no layer of a name.
        InvalidDataError
            With every problem of the frames, and every reference that would lead nowhere.
        KeyFileError
            When there is personal data and its key is missing or wrong.
        """
        checked = {name: get(name).examine(frame) for name, frame in frames.items()}
        tidy = {name: frame for name, (frame, _) in checked.items()}
        problems = concat(report for _, report in checked.values())
        with explained(self._address), writing(self._engine) as connection:
            return loading.load(
                connection, self._keyring, tidy, provenance, problems=problems, replace=replace, rejected=rejected
            )

    def loads(self) -> list[Load]:
        """The ledger: every load, the latest first."""
        with explained(self._address), snapshot(self._engine) as connection:
            return ledger.loads(connection)

    def one_load(self, load_id: int) -> Load:
        """One entry of the ledger.

        Raises
        ------
        UnknownLoadError
            When there is none of that number.
        """
        with explained(self._address), snapshot(self._engine) as connection:
            return ledger.one(connection, load_id)

    def summary(self) -> list[LayerSummary]:
        """One line for each layer, in the order of the registry."""
        with explained(self._address), snapshot(self._engine) as connection:
            return ledger.summary(connection)

    def region(self) -> Region | None:
        """The region that the store is about; None before a load told it."""
        with explained(self._address), snapshot(self._engine) as connection:
            return ledger.region(connection)

    def as_of(self, *layers: str) -> dt.date | None:
        """The day on which all of ``layers`` still held: the earliest of their latest loads.

        Parameters
        ----------
        *layers
            Names of layers; by default all that have been loaded.
        """
        names = {get(name).name for name in layers}
        with explained(self._address), snapshot(self._engine) as connection:
            loads = ledger.latest(connection)
        return min((load.as_of for name, load in loads.items() if not names or name in names), default=None)

    def stamp(self) -> str:
        """A short text that differs whenever the content does: a key for caches."""
        with explained(self._address), snapshot(self._engine) as connection:
            return ledger.stamp(connection)

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
        with explained(self._address), writing(self._engine) as connection:
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
        with explained(self._address), writing(self._engine) as connection:
            scenarios.remove(connection, name, version)

    def is_empty(self) -> bool:
        """True when no layer holds a row."""
        return not any(line.rows for line in self.summary())

    def schema_version(self) -> str:
        """Version of the tables."""
        with explained(self._address), snapshot(self._engine) as connection:
            return migrations.current(connection) or ""
