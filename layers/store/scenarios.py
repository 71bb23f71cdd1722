"""What-if scenarios kept by name. A save says which version it follows, so that none is overwritten unseen."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from layers.errors import LostUpdateError, UnknownScenarioError
from layers.store.records import SavedScenario
from layers.store.tables import SCENARIOS

_COLUMNS = [SCENARIOS.c[name] for name in SavedScenario.__dataclass_fields__]


def every(connection: sa.Connection) -> list[SavedScenario]:
    """All scenarios, ordered by name."""
    return [SavedScenario(*row) for row in connection.execute(sa.select(*_COLUMNS).order_by(SCENARIOS.c.name))]


def one(connection: sa.Connection, name: str) -> SavedScenario:
    """The scenario called ``name``.

    Raises
    ------
    UnknownScenarioError
    """
    row = connection.execute(sa.select(*_COLUMNS).where(SCENARIOS.c.name == name)).first()
    if row is None:
        msg = f"没有名为“{name}”的方案，请从方案列表中选择 (no scenario is called that; choose one of the list)"
        raise UnknownScenarioError(msg)
    return SavedScenario(*row)


def put(connection: sa.Connection, name: str, definition: str, saved_by: str, version: int) -> SavedScenario:
    """Keep a new scenario (``version`` 0), or the next version of the one that has ``version``.

    Raises
    ------
    LostUpdateError
    """
    values = {"definition": definition, "saved_by": saved_by, "saved_at": dt.datetime.now(dt.UTC),
              "version": version + 1}
    if version == 0:
        _check_version(connection, name, 0)
        connection.execute(sa.insert(SCENARIOS).values(name=name, **values))
    else:
        _check_version(connection, name, version)
        connection.execute(sa.update(SCENARIOS).where(SCENARIOS.c.name == name).values(**values))
    return one(connection, name)


def remove(connection: sa.Connection, name: str, version: int) -> None:
    """Forget the scenario called ``name``, if it still has ``version``.

    Raises
    ------
    UnknownScenarioError, LostUpdateError
    """
    one(connection, name)
    _check_version(connection, name, version)
    connection.execute(sa.delete(SCENARIOS).where(SCENARIOS.c.name == name))


def _check_version(connection: sa.Connection, name: str, version: int) -> None:
    # The transaction is the only one that writes: nobody comes between this and what follows.
    found = connection.execute(sa.select(SCENARIOS.c.version).where(SCENARIOS.c.name == name)).scalar() or 0
    if found == version:
        return
    if version == 0:
        msg = f"已有名为“{name}”的方案；请换一个名称，或打开它再改 (the name is taken; choose another, or open that one)"
    else:
        msg = (
            f"方案“{name}”已被别人改动或删除（现为第 {found} 版，您改的是第 {version} 版）；请重新打开，或另存为新名称 "
            "(somebody else has changed or deleted it meanwhile; open it again, or save under another name)"
        )
    raise LostUpdateError(msg)
