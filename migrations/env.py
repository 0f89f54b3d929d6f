"""How Alembic reaches the database: with the schema owner's account, under a named lock.

MariaDB commits each schema change by itself and Alembic takes no lock, so two migrations at once
would leave a half-made schema. `flask migrate` gives its own connection, which holds the lock; any other
command takes it here.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from web.db import Base
from web.engines import connect
from web.schema.own_tables import metadata
from web.schema.upgrade import take_lock


def run_migrations() -> None:
    """Run what `flask db …` or `flask migrate` asked for, in the application's context."""
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        run_through(given)
        return
    engine = connect(current_app.extensions["settings"], owner=True)
    with engine.connect() as connection:
        take_lock(connection)
        run_through(connection)
    engine.dispose()  # the server frees the lock with the connection, however this ends


def run_through(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        # No model tells of the tables that `flask migrate` keeps for itself.
        include_name=lambda name, kind, _: kind != "table" or name not in metadata.tables,
    )
    with context.begin_transaction():
        context.run_migrations()


run_migrations()
