"""The statements that undo others."""

from collections.abc import Sequence

from web.schema.changes import (
    AddColumn,
    AddKey,
    Change,
    ChangeColumn,
    CreateTable,
    RenameColumn,
    RenameTable,
    SetDefault,
)
from web.schema.model import Schema
from web.schema.statements import read_statement

CANNOT = "-- cannot be undone by a statement: "


def undo(statements: Sequence[str], before: Schema, revision: str) -> list[str]:
    """Given statements that took effect on a schema, return those that undo them, the newest first.

    What cannot be undone stands among them as a comment. The schema is brought behind the statements.
    """
    undone: list[str] = []
    for statement in statements:
        changes = read_statement(statement)
        for change in changes:
            undone.append(undo_change(change, before) or f"{CANNOT}{statement}")
            before.apply([change], revision)
        if not changes:
            undone.append(f"{CANNOT}{statement}")
    return list(dict.fromkeys(reversed(undone)))


def undo_change(change: Change, before: Schema) -> str | None:
    """Return the statement that undoes one change; None where there is none, or none that is known."""
    match change:
        case CreateTable(table):
            return f"DROP TABLE {quote(table)};"
        case RenameTable(table, new):
            return f"RENAME TABLE {quote(new)} TO {quote(table)};"
        case AddColumn(table, column):
            return f"ALTER TABLE {quote(table)} DROP COLUMN {quote(column.name)};"
        case RenameColumn(table, name, new):
            return f"ALTER TABLE {quote(table)} RENAME COLUMN {quote(new)} TO {quote(name)};"
        case ChangeColumn(table, name, column):
            return define_again(table, column.name, name, before)
        case SetDefault(table, name):
            return define_again(table, name, name, before)
        case AddKey(table, kind, name) if name:
            return drop_key(quote(table), kind, quote(name))
    return None


def define_again(table: str, name: str, old_name: str, before: Schema) -> str | None:
    old = before.column(table, old_name)
    if not (old and old[0].text):
        return None
    return f"ALTER TABLE {quote(table)} CHANGE {quote(name)} {quote(old[0].name)} {old[0].text};"


def drop_key(table: str, kind: str, name: str) -> str:
    drops = {
        "primary": "DROP PRIMARY KEY",
        "foreign": f"DROP FOREIGN KEY {name}",
        "check": f"DROP CONSTRAINT {name}",
    }
    return f"ALTER TABLE {table} {drops.get(kind, f'DROP INDEX {name}')};"


def quote(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
