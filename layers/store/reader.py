"""What a store tells: rows, counts, days, and the history of what was loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd
import sqlalchemy as sa

from layers.registry import get
from layers.schema import Layer
from layers.store import ledger, matching, migrations, past, reading, versions
from layers.store.address import Address
from layers.store.editing import no_such
from layers.store.engine import explained, snapshot
from layers.store.records import LayerSummary, Load, Region, Version
from layers.store.sealing import Keyring
from layers.store.tables import TABLES


class Reader:
    """The layers of one county as they are, or as they stood on a past ``day``."""

    def __init__(self, engine: sa.Engine, address: Address, keyring: Keyring, day: dt.date | None = None) -> None:
        self._engine = engine
        self._address = address
        self._keyring = keyring
        self._day = day

    @property
    def address(self) -> str:
        """Where the store is, fit to be shown: never with a password. That of a past day names the day."""
        return str(self._address) if self._day is None else f"{self._address} @ {self._day}"

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
                keyring=self._keyring if protected else None, table=self._rows(spec),
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
            spec = get(layer)
            return matching.matches(connection, self._keyring, spec, field, values, self._rows(spec))

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

    def history(self, layer: str, key: str, *, protected: bool = False) -> list[Version]:
        """Every version of one row, the oldest first, whatever day the store is read as of.

        Raises
        ------
        UnknownLayerError, UnknownItemError
            When there is no such layer, or never was such a row.
        KeyFileError
            When ``protected`` fields are asked for and their key is missing or wrong.
        """
        spec = get(layer)
        with explained(self._address), snapshot(self._engine) as connection:
            found = versions.history(connection, self._keyring if protected else None, spec, key)
        if not found:
            raise no_such(spec, key)
        return found

    def summary(self) -> list[LayerSummary]:
        """One line for each layer, in the order of the registry."""
        with explained(self._address), snapshot(self._engine) as connection:
            return ledger.summary(connection, self._day)

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
            loads = ledger.latest(connection, self._day)
        return min((load.as_of for name, load in loads.items() if not names or name in names), default=None)

    def stamp(self) -> str:
        """A short text that differs whenever the content does: a key for caches."""
        with explained(self._address), snapshot(self._engine) as connection:
            stamp = ledger.stamp(connection)
        return stamp if self._day is None else f"{stamp}-{self._day:%Y%m%d}"

    def is_empty(self) -> bool:
        """True when no layer holds a row."""
        return not any(line.rows for line in self.summary())

    def schema_version(self) -> str:
        """Version of the tables."""
        with explained(self._address), snapshot(self._engine) as connection:
            return migrations.current(connection) or ""

    def _rows(self, layer: Layer) -> sa.FromClause | None:
        """What stands in for the layer's present rows."""
        return None if self._day is None else past.as_it_stood(TABLES[layer.name], past.counting(day=self._day))
