"""The report about a migration that failed half way: its exact state, and the way on."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pymysql.constants import ER
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from web.engines import error_code
from web.schema.check import harm, schema_before
from web.schema.guard import ATTEMPTS, ChangedMigrationError, counts
from web.schema.history import History, Migration
from web.schema.own_tables import read_revision
from web.schema.replay import replay
from web.schema.undo import undo

# MariaDB's numbers for a change that cannot be made as its clause demands.
CLAUSE_REFUSED = (1845, 1846)


@dataclass(frozen=True)
class Progress:
    """How far a migration came: the statements noted by their position, each with whether it took effect;
    the position of the last one that was reached; and why it ended.
    """

    migration: Migration
    noted: Mapping[int, tuple[str, bool]]
    position: int
    error: Exception

    @property
    def done(self) -> list[str]:
        return [statement for _, (statement, done) in sorted(self.noted.items()) if done]

    @property
    def uncertain(self) -> bool:
        """Whether the last statement was begun and its answer never came."""
        return not self.noted.get(self.position, ("", True))[1]


def tell_failure(history: History, progress: Progress, connection: Connection) -> str:
    """Given how far a migration came, return what to tell the person who ran it."""
    migration, done = progress.migration, progress.done
    planned = [s.sql for s in replay(history)[migration.revision].statements if counts(s.sql)]
    number = max(len(planned), progress.position)
    parts = [
        f"migration {migration.revision} ({migration.file}) failed; {len(done)} of its {number} statements "
        "took effect, and MariaDB takes none of them back",
        listing("took effect:", done, 1),
        tell_error(progress, planned),
        listing("not tried:", planned[progress.position :], progress.position + 1),
        f"alembic_version says {ask_revision(connection)}",
        tell_harm(history, progress),
        tell_way(history, progress),
    ]
    return "\n".join(part for part in parts if part)


def listing(title: str, statements: Sequence[str], first: int) -> str:
    """Given statements and the number of the first, return them under a title; nothing for none."""
    lines = [f"{number:4}. {' '.join(sql.split())}" for number, sql in enumerate(statements, first)]
    return "\n".join([title, *lines]) if lines else ""


def tell_error(progress: Progress, planned: Sequence[str]) -> str:
    """Return the statement that failed and what was said about it, or what else ended the migration."""
    error = progress.error
    if isinstance(error, ChangedMigrationError):
        return f"refused:\n{textwrap.indent(str(error), '      ')}"
    if not isinstance(error, DBAPIError):
        return f"failed behind statement {len(progress.done)}:\n      {type(error).__name__}: {error}"
    said = ": ".join(str(part) for part in error.orig.args) if error.orig else str(error)
    title = "begun, and no answer came:" if progress.uncertain else "failed:"
    failed = error.statement or "".join(planned[progress.position - 1 : progress.position])
    return f"{listing(title, [failed], progress.position)}\n      {said}{hint(error)}"


def hint(error: DBAPIError) -> str:
    code = error_code(error)
    if code in CLAUSE_REFUSED:
        return '\n      MariaDB would have to copy or lock the table: docs/migrations.md, "Locks"'
    if code == ER.LOCK_WAIT_TIMEOUT:
        return f"\n      another transaction held it through {ATTEMPTS} tries: SHOW FULL PROCESSLIST finds it"
    return ""


def ask_revision(connection: Connection) -> str:
    try:
        connection.rollback()
        return read_revision(connection) or "nothing: no migration is finished yet"
    except SQLAlchemyError as error:
        return f"what could not be asked, because the database is gone ({type(error).__name__})"


def tell_harm(history: History, progress: Progress) -> str:
    """Say whether the version that runs is harmed by what took effect."""
    before = history.before(progress.migration)
    if findings := harm(history, progress.migration, progress.done, before):
        return f"the version that runs may be harmed: {'; '.join(f.operation for f in findings)}"
    return "the version that runs is not harmed: nothing that took effect is unsafe for it"


def tell_way(history: History, progress: Progress) -> str:
    """Return how to go on, and how to go back."""
    migration = progress.migration
    if not progress.noted:
        return "the way on: mend the cause and run `flask migrate` again; it begins anew"
    undone = undo(progress.done, schema_before(history, migration), migration.revision)
    back = [*undone, f"DELETE FROM schema_statement WHERE revision = '{migration.revision}';"]  # noqa: S608 - shown
    forward = (
        "the way on: mend the cause, or the rest of the migration, and run `flask migrate` again "
        f"(or deploy again); it leaves out what took effect and goes on at statement {len(progress.done) + 1}"
    )
    return "\n".join([forward, "the way back, at `./demijohn db`:", *(f"      {sql}" for sql in back)])
