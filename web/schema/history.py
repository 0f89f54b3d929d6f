"""The migrations beside this code, in order, and what each says about itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from flask import current_app

ROOT = Path(__file__).parents[2]
HOW_CONTRACT = 'contract = {"table.column": ("<revision>", "<why no code since then uses it>")}'
HOW_LOCKS = 'locks = {"table": "<why this table may be locked so long>"}'


class HistoryError(Exception):
    """The migrations do not make one history, or one of them says something impossible about itself."""


@dataclass(frozen=True)
class Migration:
    """One migration.

    `contract` names what it takes away: for each thing the revision since which no code uses it, and the
    reason. `locks` names the tables that it may lock, with the reason.
    """

    revision: str
    title: str
    path: Path
    module: ModuleType
    before: frozenset[str]
    contract: Mapping[str, tuple[str, str]]
    locks: Mapping[str, str]

    @property
    def file(self) -> str:
        return str(self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path)


@dataclass(frozen=True, eq=False)
class History:
    """All migrations, each after those that it builds on."""

    migrations: Sequence[Migration]

    @property
    def head(self) -> str | None:
        """The revision that this code was written for; None where there are no migrations."""
        return self.migrations[-1].revision if self.migrations else None

    def knows(self, revision: str | None) -> bool:
        return revision is None or any(m.revision == revision for m in self.migrations)

    def before(self, migration: Migration) -> str | None:
        """Return the revision that `migration` begins at; None for the first."""
        earlier = [m.revision for m in self.migrations if m.revision in migration.before]
        return earlier[-1] if earlier else None

    def up_to(self, revision: str | None) -> frozenset[str]:
        """Return `revision` and every one before it; none for None, an empty database."""
        found = [m for m in self.migrations if m.revision == revision]
        return found[0].before | {revision} if found and revision else frozenset()

    def between(self, old: str | None, new: str | None) -> list[Migration]:
        """Return the migrations that lead from `old` to `new`, in order."""
        wanted = self.up_to(new) - self.up_to(old)
        return [migration for migration in self.migrations if migration.revision in wanted]


def history() -> History:
    """Return the history of the current application."""
    return read_history(current_app.extensions["migrate"].directory)


@cache
def read_history(directory: str) -> History:
    """Given Alembic's directory, return its history; raises HistoryError."""
    config = Config()
    config.set_main_option("script_location", directory)
    scripts = ScriptDirectory.from_config(config)
    if len(heads := scripts.get_heads()) > 1:
        raise HistoryError(
            f"the migrations end in several heads, {', '.join(heads)}; `flask db merge heads` joins them"
        )
    ordered = reversed(list(scripts.walk_revisions()))
    return History([describe(script, scripts) for script in ordered])


def describe(script: Script, scripts: ScriptDirectory) -> Migration:
    before = {s.revision for s in scripts.iterate_revisions(script.revision, "base")} - {script.revision}
    module = script.module
    migration = Migration(
        script.revision,
        script.doc,
        Path(script.path),
        module,
        frozenset(before),
        getattr(module, "contract", {}),
        getattr(module, "locks", {}),
    )
    check_declarations(migration)
    return migration


def check_declarations(migration: Migration) -> None:
    """Raise HistoryError unless `contract` and `locks` have their form and name earlier migrations."""
    for subject, entry in migration.contract.items():
        if not isinstance(entry, tuple) or len(entry) != 2 or not all(entry):
            raise HistoryError(f"{migration.file}: contract[{subject!r}] is {entry!r}; write {HOW_CONTRACT}")
        if entry[0] not in migration.before:
            raise HistoryError(
                f"{migration.file}: contract[{subject!r}] names {entry[0]!r}, which is no migration before "
                f"{migration.revision}; name the one whose code stopped using it"
            )
    for table, reason in migration.locks.items():
        if not isinstance(reason, str) or not reason:
            raise HistoryError(f"{migration.file}: locks[{table!r}] is {reason!r}; write {HOW_LOCKS}")
