"""What each migration would send to the database, found by running it without one.

Alembic runs the migrations in its offline mode into a recorder, so what is judged is what MariaDB would
get: whichever operation, helper, batch or raw SQL it comes from.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import TableClause
from sqlalchemy.dialects.mysql import pymysql

from web.schema.history import History, Migration


@dataclass(frozen=True)
class Statement:
    """One statement and the line of the migration's file that it comes from."""

    sql: str
    line: int | None


@dataclass
class Script:
    """The statements of one migration; `stopped` says why there may be more of them."""

    statements: list[Statement] = field(default_factory=list)
    stopped: str | None = None
    stopped_line: int | None = None


class Recorder:
    """Takes what Alembic writes in its offline mode, a statement at a time."""

    def __init__(self) -> None:
        self.script = Script()
        self.path = Path()

    def write(self, text: str) -> None:
        sql = text.strip().removesuffix(";")
        lines = [
            number
            for frame, number in traceback.walk_stack(None)
            if frame.f_code.co_filename == str(self.path)
        ]
        self.script.statements.append(Statement(sql, lines[0] if lines else None))

    def insert(self, table: TableClause, rows: list[dict[str, Any]], *, multiinsert: bool = True) -> None:
        """Take the place of Alembic's `bulk_insert`, which offline wants to write out every value."""
        for row in rows[:1] if multiinsert else rows:
            self.write(f"INSERT INTO {table.name} ({', '.join(row)})")

    def flush(self) -> None:
        """Alembic asks for it after each statement; nothing is held back here."""


@contextmanager
def silence() -> Iterator[None]:
    """Keep what Alembic says about a run out of the log: this one is none."""
    log = logging.getLogger("alembic.runtime.migration")
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = False


@cache
@silence()
def replay(history: History) -> Mapping[str, Script]:
    """Run every migration of the history into a recorder; return each one's script by its revision."""
    recorder = Recorder()
    context = MigrationContext.configure(
        dialect=pymysql.dialect(),
        opts={"as_sql": True, "output_buffer": recorder},
    )
    with Operations.context(context) as operations:
        operations.bulk_insert = recorder.insert  # type: ignore[method-assign]
        return {migration.revision: record(migration, recorder) for migration in history.migrations}


def record(migration: Migration, recorder: Recorder) -> Script:
    """Run one migration; one that needs a database, as when it reads rows, stops where it does."""
    recorder.script, recorder.path = Script(), migration.path
    try:
        migration.module.upgrade()
    except Exception as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(migration.path)
        ]
        recorder.script.stopped = f"{type(error).__name__}: {error}"
        recorder.script.stopped_line = lines[-1] if lines else None
    return recorder.script
