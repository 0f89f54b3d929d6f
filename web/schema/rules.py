"""The rules: what each change does to a version of the code that knows nothing of it.

`kept` holds the revisions which the running code knows. What was made by any other is new to it, and so
free. Columns and tables that the migrations' history does not tell of are taken to be old.
"""

from collections.abc import Iterator, Sequence

from web.schema.advice import (
    changed_type,
    constrained,
    copied,
    in_a_contract,
    renamed,
    rows_locked,
    taken_away,
    unjudged,
)
from web.schema.changes import (
    AddColumn,
    AddKey,
    AllowLock,
    Change,
    ChangeColumn,
    ChangeRows,
    ConvertTable,
    CreateTable,
    DropColumn,
    DropKey,
    DropTable,
    RenameColumn,
    RenameTable,
    SetDefault,
    Unjudged,
)
from web.schema.comparison import add_column, default_changed, redefined, type_copied
from web.schema.findings import Finding
from web.schema.model import Schema


class Rules:
    """The rules, given the schema before a statement and the revisions that the running code knows."""

    def __init__(self, schema: Schema, kept: frozenset[str]) -> None:
        self.schema = schema
        self.kept = kept

    def judge(self, changes: Sequence[Change]) -> Iterator[Finding]:
        """Given the changes of one statement, give what is unsafe about them."""
        for change in changes:
            if isinstance(change, Unjudged):
                yield unjudged(change.what)
            elif not isinstance(change, CreateTable) and self.is_old_table(change.table):
                yield from self.judge_table(change)

    def is_old_table(self, name: str) -> bool:
        table = self.schema.tables.get(name)
        return table is None or table.born in self.kept

    def is_old_column(self, table: str, name: str) -> bool:
        found = self.schema.column(table, name)
        return found is None or found[1] in self.kept

    def judge_table(self, change: Change) -> Iterator[Finding]:
        """Judge a change of a table that the running code knows."""
        match change:
            case DropTable(table, rows_only):
                yield taken_away(table, f"{'empty' if rows_only else 'drop'} table {table}")
            case RenameTable(table, new):
                yield renamed(table, f"rename table {table} to {new}")
            case AddColumn(table, column):
                yield from add_column(table, column)
            case AddKey():
                yield from self.add_key(change)
            case DropKey():
                yield from self.drop_key(change)
            case ConvertTable(table):
                yield changed_type(table, f"convert table {table}", "another character set or collation")
                yield copied(table, f"convert table {table}")
            case AllowLock(table, clause):
                yield copied(table, clause)
            case ChangeRows(table, verb):
                yield rows_locked(table, verb)
            case DropColumn() | RenameColumn() | SetDefault() | ChangeColumn():
                yield from self.judge_column(change)

    def judge_column(
        self, change: DropColumn | RenameColumn | SetDefault | ChangeColumn
    ) -> Iterator[Finding]:
        subject, old = f"{change.table}.{change.name}", self.schema.column(change.table, change.name)
        if isinstance(change, ChangeColumn):
            yield from type_copied(change, old[0] if old else None)
        if not self.is_old_column(change.table, change.name):
            return
        match change:
            case DropColumn():
                yield taken_away(subject, f"drop column {subject}")
            case RenameColumn(_, _, new):
                yield renamed(subject, f"rename column {subject} to {new}")
            case SetDefault(_, _, default):
                yield from default_changed(subject, old[0].default if old else "unknown", default)
            case ChangeColumn(_, name, column):
                if name.lower() != column.name.lower():
                    yield renamed(subject, f"rename column {subject} to {column.name}")
                yield from redefined(subject, old[0] if old else None, column)

    def add_key(self, change: AddKey) -> Iterator[Finding]:
        names = {"unique": "a unique constraint", "foreign": "a foreign key", "check": "a check constraint"}
        operation = f"add {names.get(change.kind, f'a {change.kind} key')} to {change.table}"
        if change.kind in ("foreign", "check", "fulltext", "spatial"):
            yield copied(change.table, operation)
        if change.kind in ("unique", "foreign", "check", "primary") and not self.is_spared(change):
            yield constrained(f"{change.table}.{change.name}", operation)

    def is_spared(self, change: AddKey) -> bool:
        """Tell whether rows of the running version never meet the constraint: a column of it stays NULL."""
        columns = [(self.schema.column(change.table, name), name) for name in change.columns]
        return any(
            found and found[0].nullable and not self.is_old_column(change.table, name)
            for found, name in columns
        )

    def drop_key(self, change: DropKey) -> Iterator[Finding]:
        if change.kind == "check":
            return
        known = self.schema.key(change.table, change.name)
        if known and any(not self.is_old_column(change.table, name) for name in known.columns):
            return
        subject = f"{change.table}.{change.name}"
        yield Finding(
            "breaks",
            subject,
            f"drop key {change.name} of {change.table}",
            "the running version may rely on what it refuses, or need it to find rows in time",
            f"keep it until no code relies on it; {in_a_contract(subject)}",
        )
