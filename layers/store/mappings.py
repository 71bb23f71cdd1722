"""Which column of a file was which field, remembered for the next file of the same shape."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

import sqlalchemy as sa

from layers.store.tables import MAPPINGS


def find(connection: sa.Connection, layer: str, signature: str) -> dict[str, str | None] | None:
    """Heading to what it stands for; None when no file of the shape was seen."""
    query = sa.select(MAPPINGS.c.targets).where(MAPPINGS.c.layer == layer, MAPPINGS.c.signature == signature)
    text = connection.execute(query).scalar()
    return None if text is None else json.loads(text)


def put(connection: sa.Connection, layer: str, signature: str, targets: Mapping[str, str | None], by: str) -> None:
    """Remember ``targets`` in place of what was remembered before."""
    connection.execute(sa.delete(MAPPINGS).where(MAPPINGS.c.layer == layer, MAPPINGS.c.signature == signature))
    connection.execute(sa.insert(MAPPINGS).values(
        layer=layer, signature=signature, targets=json.dumps(dict(targets), ensure_ascii=False), saved_by=by,
        saved_at=dt.datetime.now(dt.UTC),
    ))
