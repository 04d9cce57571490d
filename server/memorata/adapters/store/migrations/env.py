"""Runs the migrations on the connection that adapters/store/database.py hands over."""

from typing import Any

from alembic import context

from memorata.adapters.store.tables import metadata

connection: Any = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
