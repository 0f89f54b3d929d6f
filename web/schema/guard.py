"""How the statements of one migration are sent: each by itself, noted, and never locking for long.

MariaDB commits a schema change by itself and takes none back. So every statement is committed and noted
when it took effect, and a second attempt leaves out those that did.
"""

import random
import re
import time
from collections.abc import Callable, Set
from typing import Any

from pymysql import Error
from pymysql.connections import Connection
from pymysql.constants import ER
from pymysql.cursors import Cursor

from web.engines import RETRIED
from web.schema.clause import add_clause

# A statement that waits for a table's lock lets nobody else in, so it waits briefly (`web/engines.py`),
# and then steps aside for as long.
ATTEMPTS = 10
ASIDE_SECONDS = (1.0, 3.0)

UNCOUNTED = re.compile(r"\s*(SELECT|SHOW|SET|DESC|DESCRIBE|EXPLAIN)\b|.*\balembic_version\b", re.I | re.S)
ROWS = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)

# What a statement says that was begun, took effect, and could not be noted.
ALREADY = {
    ER.TABLE_EXISTS_ERROR,
    ER.BAD_TABLE_ERROR,
    ER.DUP_FIELDNAME,
    ER.DUP_KEYNAME,
    ER.CANT_DROP_FIELD_OR_KEY,
    ER.BAD_FIELD_ERROR,
    ER.NO_SUCH_TABLE,
}


def counts(statement: str) -> bool:
    """Tell whether a statement is one of the migration's own that change something."""
    return not UNCOUNTED.match(statement)


class ChangedMigrationError(Exception):
    """A migration that was left half way does not begin any more with what took effect of it."""


class Guard:
    """Sends the statements of the migration `revision`; `locked` tables may be locked."""

    def __init__(self, revision: str, noted: dict[int, tuple[str, bool]], locked: Set[str]) -> None:
        self.revision = revision
        self.noted = dict(noted)
        self.locked = locked
        self.position = 0

    def execute(self, cursor: Cursor, statement: str, parameters: object, context: object = None) -> bool:
        """Take the place of the driver's `execute`; return True when the statement is dealt with."""
        return self.send(cursor, statement, lambda sql: cursor.execute(sql, parameters))

    def execute_many(self, cursor: Cursor, statement: str, parameters: Any, context: object = None) -> bool:
        return self.send(cursor, statement, lambda sql: cursor.executemany(sql, parameters))

    def execute_bare(self, cursor: Cursor, statement: str, context: object = None) -> bool:
        return self.send(cursor, statement, lambda sql: cursor.execute(sql))

    def send(self, cursor: Cursor, statement: str, run: Callable[[str], object]) -> bool:
        if not counts(statement):
            return False
        self.position += 1
        before, done = self.noted.get(self.position, (None, False))
        if done and before != statement:
            raise ChangedMigrationError(
                f"statement {self.position} of {self.revision} took effect as\n    {before}\n"
                f"but the migration now has\n    {statement}"
            )
        if not done:
            self.send_noted(cursor.connection, statement, run, again=before == statement)
        return True

    def send_noted(
        self, connection: "Connection[Any]", statement: str, run: Callable[[str], object], *, again: bool
    ) -> None:
        """Run one statement and note it. `again` tells that it was begun before, with an unknown end."""
        if not ROWS.match(statement):  # rows change in one transaction with the note
            self.note(connection, statement, done=False)
            connection.commit()
        try:
            self.run_patiently(connection, statement, run)
        except Error as error:
            if not (again and error.args[0] in ALREADY):
                raise
        self.note(connection, statement, done=True)
        connection.commit()

    def run_patiently(
        self, connection: "Connection[Any]", statement: str, run: Callable[[str], object]
    ) -> None:
        """Run a statement, again after a while when somebody holds a lock; forget it when it is refused."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                run(add_clause(statement, self.locked))
                return
            except Error as error:
                if error.args[0] not in RETRIED or attempt == ATTEMPTS:
                    self.forget(connection, error)
                    raise
            time.sleep(random.uniform(*ASIDE_SECONDS))  # noqa: S311 - only a jitter

    def note(self, connection: "Connection[Any]", statement: str, *, done: bool) -> None:
        self.noted[self.position] = (statement, done)
        with connection.cursor() as cursor:
            cursor.execute(
                "REPLACE INTO schema_statement (revision, position, statement, done) VALUES (%s, %s, %s, %s)",
                (self.revision, self.position, statement, done),
            )

    def forget(self, connection: "Connection[Any]", error: Error) -> None:
        """A statement that the server refused had no effect; one whose answer was lost may have."""
        if connection.open and error.args[0] < 2000:
            self.noted.pop(self.position, None)
            connection.rollback()
            with connection.cursor() as cursor:
                cursor.execute(
                    "DELETE FROM schema_statement WHERE revision = %s AND position = %s",
                    (self.revision, self.position),
                )
            connection.commit()
