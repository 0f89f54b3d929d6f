"""Bring the schema to this code's revision, one migration after the other, under a named lock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alembic import command
from flask import current_app
from sqlalchemy import Connection, event, text

from web.engines import connect
from web.schema.check import new_tables
from web.schema.guard import Guard
from web.schema.halfway import Progress, tell_failure
from web.schema.history import History, Migration, history
from web.schema.own_tables import (
    forget_statements,
    metadata,
    note_suits,
    read_revision,
    suits_code,
    unfinished,
)

LOCK = "demijohn.migrate"
LOCK_WAIT_SECONDS = 120


class MigrationError(Exception):
    """The schema could not be brought to this code's revision; the text has the state and the way on."""


def bring_up_to_date() -> str:
    """Run every pending migration and return a sentence; raises MigrationError."""
    wanted = history()
    engine = connect(current_app.extensions["settings"], owner=True)
    try:
        with engine.connect() as connection:
            take_lock(connection)
            metadata.create_all(connection)
            connection.commit()
            return bring_up(connection, wanted)
    finally:
        engine.dispose()  # the server frees the lock with the connection, however this ends


def bring_up(connection: Connection, wanted: History) -> str:
    found = read_revision(connection)
    if found and not wanted.knows(found):
        if not suits_code(connection, found, wanted.head):
            raise MigrationError(tell_too_old(found, wanted.head))
        return f"the schema is at revision {found}, newer than this code's {wanted.head}, and suits it"
    pending = wanted.between(found, wanted.head)
    # An empty database has no older code, so only what it is to become counts.
    for revision in {m.revision for m in pending if found} | {wanted.head}:
        note_suits(connection, wanted, revision)
    for migration in pending:
        apply(connection, wanted, migration, found)
    return f"the schema is at revision {wanted.head}"


def tell_too_old(found: str, head: str | None) -> str:
    return (
        f"the schema is at revision {found}, which this code ({head}) does not know, and no newer version "
        "has noted that this code runs on it; deploy the version that made it, or a newer one"
    )


def apply(connection: Connection, wanted: History, migration: Migration, running: str | None) -> None:
    """Run one migration; raises MigrationError with its exact state when it fails half way."""
    noted = {row.position: (row.statement, row.done) for row in unfinished(connection, migration.revision)}
    connection.rollback()  # Alembic begins a transaction of its own
    if noted:
        current_app.logger.warning("migration %s was left half way and goes on there", migration.revision)
    guard = Guard(migration.revision, noted, new_tables(wanted, running) | set(migration.locks))
    config = current_app.extensions["migrate"].migrate.get_config()
    config.attributes["connection"] = connection
    try:
        with guarded(connection, guard):
            command.upgrade(config, migration.revision)
    except Exception as error:
        progress = Progress(migration, guard.noted, guard.position, error)
        raise MigrationError(tell_failure(wanted, progress, connection)) from error
    forget_statements(connection, migration.revision)


@contextmanager
def guarded(connection: Connection, guard: Guard) -> Iterator[None]:
    """Have every statement on this connection's engine sent by the guard, for a while."""
    handlers: dict[str, Callable[..., bool]] = {
        "do_execute": guard.execute,
        "do_execute_no_params": guard.execute_bare,
        "do_executemany": guard.execute_many,
    }
    for name, handler in handlers.items():
        event.listen(connection.engine, name, handler)
    try:
        yield
    finally:
        for name, handler in handlers.items():
            event.remove(connection.engine, name, handler)


def take_lock(connection: Connection) -> None:
    """Wait for the lock; raises MigrationError when another migration holds it for too long."""
    question = text("SELECT GET_LOCK(:name, :seconds)")
    taken = connection.scalar(question, {"name": LOCK, "seconds": LOCK_WAIT_SECONDS})
    connection.commit()
    if taken != 1:
        raise MigrationError(
            f"another migration has held the lock for {LOCK_WAIT_SECONDS} s; nothing was changed: run it "
            "again when that one has ended (SHOW PROCESSLIST tells which connection it is)"
        )
