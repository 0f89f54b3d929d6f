"""How Alembic reaches the database: with the schema owner's account, under a named lock.

MariaDB commits each schema change by itself and Alembic takes no lock, so two migrations at once
would leave a half-made schema. The second one waits here, finds everything done and does nothing.
"""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from web.db import Base
from web.engines import connect

LOCK = "demijohn.migrate"
LOCK_WAIT_SECONDS = 120


def run_migrations() -> None:
    """Run what `flask db …` or `flask migrate` asked for, in the application's context."""
    engine = connect(current_app.extensions["settings"], owner=True)
    with engine.connect() as connection:
        take_lock(connection)
        context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()  # the server frees the lock with the connection, however this ends


def take_lock(connection: Connection) -> None:
    """Wait for the lock; raises TimeoutError when another migration holds it for too long."""
    question = text("SELECT GET_LOCK(:name, :seconds)")
    taken = connection.scalar(question, {"name": LOCK, "seconds": LOCK_WAIT_SECONDS})
    connection.commit()
    if taken != 1:
        raise TimeoutError(f"another migration has held the lock for {LOCK_WAIT_SECONDS} s")


run_migrations()
