"""Alembic set up for a store: what migrating, comparing and writing a new version share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.config import Config

from layers.store import migrations


def config(connection: sa.Connection) -> Config:
    """Alembic's settings, with ``connection`` and its transaction."""
    settings = Config()
    settings.set_main_option("script_location", str(migrations.FOLDER).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    settings.attributes["connection"] = connection
    return settings
