"""Two small tables of `flask migrate`'s own, beside Alembic's `alembic_version`.

`schema_suits` says which code runs on which state of the schema. It is how code learns whether it suits a
schema that is newer than itself, as after a rollback: its own migrations end before.

`schema_statement` holds the statements of a migration that is not finished, so that one which failed or was
killed half way goes on where it stopped.
"""

from collections.abc import Sequence
from typing import Any

from pymysql.constants import ER
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    select,
)
from sqlalchemy.exc import ProgrammingError

from web.engines import error_code
from web.schema.check import unsuited
from web.schema.history import History

# Alembic's own, and not of this metadata, because Alembic makes it.
version = Table("alembic_version", MetaData(), Column("version_num", String(32)))

metadata = MetaData()
suits = Table(
    "schema_suits",
    metadata,
    Column("schema_revision", String(32), primary_key=True),
    Column("code_revision", String(32), primary_key=True),
)
statements = Table(
    "schema_statement",
    metadata,
    Column("revision", String(32), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("statement", Text(2**20), nullable=False),
    Column("done", Boolean, nullable=False),
)


def read_revision(connection: Connection) -> str | None:
    """Return the revision that the schema is at; None for a database without one."""
    found = rows(connection, select(version.c.version_num))
    return str(found[0][0]) if found else None


def suits_code(connection: Connection, schema: str, code: str | None) -> bool:
    """Tell whether a newer version has noted that code of revision `code` runs on the schema at `schema`."""
    wanted = select(suits).where(suits.c.schema_revision == schema, suits.c.code_revision == code)
    return bool(rows(connection, wanted))


def unfinished(connection: Connection, revision: str | None = None) -> Sequence[Row[Any]]:
    """Return the noted statements of a migration that was left half way, or of any such, in order."""
    wanted = select(statements).order_by(statements.c.revision, statements.c.position)
    return rows(connection, wanted.where(statements.c.revision == revision) if revision else wanted)


def rows(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    """Return what a query finds; nothing where there is no such table yet."""
    try:
        return connection.execute(query).all()
    except ProgrammingError as error:
        if error_code(error) != ER.NO_SUCH_TABLE:
            raise
        return []


def note_suits(connection: Connection, history: History, revision: str | None) -> None:
    """Note which code, of those that this history knows, runs on a schema at `revision`."""
    fitting = [code for code in history.up_to(revision) if not unsuited(history, code, revision)]
    connection.execute(suits.delete().where(suits.c.schema_revision == revision))
    for code in fitting:
        connection.execute(suits.insert(), {"schema_revision": revision, "code_revision": code})
    connection.commit()


def forget_statements(connection: Connection, revision: str) -> None:
    """Nothing of the migration is left to do."""
    connection.execute(statements.delete().where(statements.c.revision == revision))
    connection.commit()
