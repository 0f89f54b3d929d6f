"""The schema as the migrations so far have made it, and which of them made what."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from web.schema.changes import (
    AddColumn,
    AddKey,
    Change,
    ChangeColumn,
    CreateTable,
    DropColumn,
    DropKey,
    DropTable,
    RenameColumn,
    RenameTable,
    SetDefault,
)
from web.schema.columns import Column


@dataclass
class Table:
    """A table: the revision that made it, its columns by name in small letters, each with its revision."""

    born: str
    columns: dict[str, tuple[Column, str]] = field(default_factory=dict)
    keys: dict[str, AddKey] = field(default_factory=dict)


@dataclass
class Schema:
    """Tables by name; what is not in here was made in a way that could not be read.

    A column's `text` is empty where it was not defined in one piece.
    """

    tables: dict[str, Table] = field(default_factory=dict)

    def column(self, table: str, name: str) -> tuple[Column, str] | None:
        """The column and the revision that made it, if both are known."""
        found = self.tables.get(table)
        return found.columns.get(name.lower()) if found else None

    def key(self, table: str, name: str) -> AddKey | None:
        found = self.tables.get(table)
        return found.keys.get(name.lower()) if found else None

    def apply(self, changes: Sequence[Change], revision: str) -> None:
        """Make these changes, which the migration `revision` asks for."""
        for change in changes:
            if isinstance(change, CreateTable):
                self.create(change, revision)
            elif table := self.tables.get(change.table):
                self.change_table(change, table, revision)

    def create(self, change: CreateTable, revision: str) -> None:
        columns = {name: (column, revision) for name, column in change.columns.items()}
        self.tables.setdefault(change.table, Table(revision, columns, dict(change.keys)))

    def change_table(self, change: Change, table: Table, revision: str) -> None:
        match change:
            case DropTable(name, rows_only=False):
                del self.tables[name]
            case RenameTable(name, new):
                self.tables[new] = self.tables.pop(name)
            case AddColumn(_, column):
                table.columns[column.name.lower()] = (column, revision)
            case DropColumn(_, name):
                table.columns.pop(name.lower(), None)
            case ChangeColumn(_, name, column):
                _, born = table.columns.pop(name.lower(), (None, ""))
                table.columns[column.name.lower()] = (column, born)
            case RenameColumn(_, name, new) if name.lower() in table.columns:
                column, born = table.columns.pop(name.lower())
                table.columns[new.lower()] = (replace(column, name=new), born)
            case SetDefault(_, name, default) if name.lower() in table.columns:
                column, born = table.columns[name.lower()]
                table.columns[name.lower()] = (replace(column, default=default, text=""), born)
            case AddKey(_, _, name):
                table.keys[name.lower()] = change
            case DropKey(_, _, name):
                table.keys.pop(name.lower(), None)
