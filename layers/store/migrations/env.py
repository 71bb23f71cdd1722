"""What Alembic runs for every command: the store's connection, its tables, and how the two are compared."""

from __future__ import annotations

from alembic import context

from layers.store.migrations import VERSION_TABLE, default_schema
from layers.store.migrations.comparing import include_object, render_item, writer
from layers.store.tables import METADATA

connection = context.config.attributes["connection"]
# A version is written for both back ends at once, whichever the tables are compared on.
writing = context.config.attributes.get("writing", False)
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    version_table_schema=default_schema(connection),
    transactional_ddl=True,
    render_as_batch=True,
    include_object=include_object(connection, writing=writing),
    render_item=render_item,
    process_revision_directives=writer if writing else None,
)
with context.begin_transaction():
    context.run_migrations()
