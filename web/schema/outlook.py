"""What a deploy of this code meets: where the schema is, what is pending, and whether it is safe."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from web.schema.check import Judged, harm, judge, unsuited
from web.schema.findings import Finding
from web.schema.history import History
from web.schema.own_tables import read_revision, suits_code, unfinished


class UnknownRevisionError(Exception):
    """A revision was named that this code's migrations do not know."""


@dataclass(frozen=True)
class Outlook:
    """The revision of the schema, of the code that runs, and of this code; what lies between, judged.

    `halfway` counts the statements that took effect of a migration that was not finished, by its revision.
    `obstacle` says why this code cannot run at all.
    """

    current: str | None
    running: str | None
    target: str | None
    pending: Sequence[Judged]
    halfway: dict[str, int]
    obstacle: str | None = None

    @property
    def safe(self) -> bool:
        return not self.obstacle and not any(judged.unsafe for judged in self.pending)

    def as_json(self) -> dict[str, object]:
        return {
            "current": self.current,
            "running": self.running,
            "target": self.target,
            "safe": self.safe,
            "obstacle": self.obstacle,
            "halfway": self.halfway,
            "pending": [judged.as_json() for judged in self.pending],
        }

    def __str__(self) -> str:
        lines = [f"{revision} was left half way behind statement {n}" for revision, n in self.halfway.items()]
        if self.obstacle:
            lines.append(self.obstacle)
        elif not self.pending:
            lines.append(f"nothing is pending: the schema is at {self.current}")
        for judged in self.pending:
            lines.append(f"{judged.migration.revision}  {judged.migration.title}")
            lines += [f"  {line}" for finding in judged.findings for line in str(finding).splitlines()]
        return "\n".join(lines)


def look_ahead(connection: Connection, history: History, running: str | None) -> Outlook:
    """Return the outlook for code of revision `running`, or else of the schema's own.

    Raises UnknownRevisionError.
    """
    check_known(history, running)
    current, target = read_revision(connection), history.head
    halfway = {row.revision: 0 for row in unfinished(connection)}
    for row in unfinished(connection):
        halfway[row.revision] += row.done
    if history.knows(current):
        running = running or current
        pending = judge(history, running, history.between(current, target))
        return Outlook(current, running, target, pending, halfway)
    obstacle = None if suits_code(connection, current or "", target) else tell_unsuited(target, current)
    return Outlook(current, running, target, [], halfway, obstacle)


def find_obstacles(connection: Connection, history: History, code: str) -> list[str]:
    """Return what keeps code of revision `code` from running on the schema as it is; nothing if it can.

    Raises UnknownRevisionError.
    """
    current = read_revision(connection)
    if not history.knows(current):
        return [] if suits_code(connection, current or "", code) else [tell_unsuited(code, current)]
    check_known(history, code)
    if code not in history.up_to(current):
        return [f"the schema is at revision {current}, and that code needs {code}: it has to migrate first"]
    found = [*unsuited(history, code, current), *halfway_harm(connection, history, code)]
    return [f"{finding.place}: {finding.operation}\n  why: {finding.why}" for finding in found]


def halfway_harm(connection: Connection, history: History, code: str) -> list[Finding]:
    """Return what a migration that was left half way has done to code of revision `code`."""
    found = []
    rows = unfinished(connection)
    for migration in history.migrations:
        if statements := [row.statement for row in rows if row.revision == migration.revision]:
            found += harm(history, migration, statements, code)
    return found


def check_known(history: History, revision: str | None) -> None:
    if not history.knows(revision):
        raise UnknownRevisionError(
            f"{revision} is no revision of this code's migrations (their last: {history.head})"
        )


def tell_unsuited(code: str | None, schema: str | None) -> str:
    return (
        f"the schema is at revision {schema}, which this code does not know, and no newer version has noted "
        f"that code of revision {code} runs on it"
    )
