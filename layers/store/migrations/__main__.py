"""Write the next version of the tables after a layer was added or changed.

``python -m layers.store.migrations "Add shelters"`` compares the tables of the newest version with
those of the program and writes the difference as a file in ``versions/``, to be read and kept.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from layers.store.address import parse
from layers.store.engine import make_engine, writing
from layers.store.migrations import upgrade, versions
from layers.store.migrations.tools import config


def write_version(message: str) -> None:
    """Write the file of the next version, from the difference between the newest one and the tables."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "newest.db")
        path.touch()
        engine = make_engine(parse(str(path)))
        with writing(engine) as connection:
            upgrade(connection)
            settings = config(connection)
            settings.attributes["writing"] = True
            number = f"{len(versions()) + 1:04d}"
            command.revision(settings, message, autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    write_version(" ".join(sys.argv[1:]) or "Change the tables")
