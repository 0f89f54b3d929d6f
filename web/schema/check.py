"""Whether migrations suit code that was written before them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from web.schema.advice import unjudged
from web.schema.changes import CreateTable
from web.schema.findings import Finding, accept
from web.schema.history import History, Migration
from web.schema.model import Schema
from web.schema.replay import Script, Statement, replay
from web.schema.rules import Rules
from web.schema.statements import read_statement


@dataclass(frozen=True)
class Judged:
    """One migration and what was found about it, accepted or not."""

    migration: Migration
    findings: Sequence[Finding]

    @property
    def unsafe(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.accepted]

    def as_json(self) -> dict[str, object]:
        return {
            "revision": self.migration.revision,
            "title": self.migration.title,
            "file": self.migration.file,
            "findings": [finding.as_json() for finding in self.findings],
        }


def judge(history: History, running: str | None, migrations: Sequence[Migration]) -> list[Judged]:
    """Return what these migrations do to code of revision `running`, in order.

    `running` is None where no code runs, for an empty database: then nothing is unsafe.
    """
    scripts, schema, kept = replay(history), Schema(), history.up_to(running)
    wanted = {migration.revision for migration in migrations}
    judged = []
    for migration in history.migrations:
        found = judge_one(migration, scripts[migration.revision], schema, kept)
        if migration.revision in wanted:
            judged.append(Judged(migration, found if running else ()))
    return judged


def judge_one(migration: Migration, script: Script, schema: Schema, kept: frozenset[str]) -> list[Finding]:
    """Judge one migration against the schema before it, and bring the schema behind it."""
    found: list[Finding] = []
    for statement in script.statements:
        changes = read_statement(statement.sql)
        for change in changes:
            findings = Rules(schema, kept).judge([change])
            found += [replace(finding, line=statement.line) for finding in findings]
            schema.apply([change], migration.revision)
    if script.stopped:
        found.append(replace(unjudged("upgrade()"), line=script.stopped_line, why=why_stopped(script)))
    placed = [replace(finding, file=migration.file) for finding in found]
    return [accept(finding, migration.contract, migration.locks, kept) for finding in placed]


def why_stopped(script: Script) -> str:
    return f"it cannot be run without a database ({script.stopped}), so what follows was not looked at"


def unsuited(history: History, code: str | None, schema: str | None) -> list[Finding]:
    """Return what keeps code of revision `code` from running on a schema that is at `schema`.

    Locks are over by then, so they do not count.
    """
    judged = judge(history, code, history.between(code, schema))
    return [finding for one in judged for finding in one.unsafe if finding.kind != "locks"]


def harm(
    history: History, migration: Migration, statements: Sequence[str], code: str | None
) -> list[Finding]:
    """Return what keeps code of revision `code` from running where these statements took effect."""
    script = Script([Statement(sql, None) for sql in statements])
    found = judge_one(migration, script, schema_before(history, migration), history.up_to(code))
    return [finding for finding in found if code and not finding.accepted and finding.kind != "locks"]


def schema_before(history: History, migration: Migration) -> Schema:
    """Return the schema that `migration` begins with."""
    scripts, schema = replay(history), Schema()
    for earlier in history.migrations:
        if earlier.revision in migration.before:
            for statement in scripts[earlier.revision].statements:
                schema.apply(read_statement(statement.sql), earlier.revision)
    return schema


def new_tables(history: History, running: str | None) -> set[str]:
    """Return the tables that code of revision `running` does not know: nobody waits for them."""
    scripts, kept = replay(history), history.up_to(running)
    later = [script for revision, script in scripts.items() if revision not in kept]
    changes = [change for script in later for one in script.statements for change in read_statement(one.sql)]
    return {change.table for change in changes if isinstance(change, CreateTable)}
