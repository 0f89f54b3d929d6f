"""What differs between a column before and after, as far as it matters to the running version."""

from collections.abc import Iterator

from web.schema.advice import changed_type, constrained, copied, in_a_contract
from web.schema.changes import ChangeColumn
from web.schema.columns import Column
from web.schema.findings import Finding
from web.schema.types import copies, narrowing


def add_column(table: str, column: Column) -> Iterator[Finding]:
    subject = f"{table}.{column.name}"
    if column.needs_value:
        yield Finding(
            "breaks",
            subject,
            f"add column {subject} NOT NULL without a default",
            "the running version does not know it, so every row that it inserts is refused",
            "give it a server_default, or let it be NULL until all code writes it",
        )
    if column.stored or column.computed_default:
        yield copied(table, f"add column {subject}, whose value is computed for every row")


def type_copied(change: ChangeColumn, old: Column | None) -> Iterator[Finding]:
    """Changing a type copies the table, whether or not the running version knows the column."""
    if old is None or old.automatic != change.column.automatic or copies(old.type, change.column.type):
        yield copied(change.table, f"change the definition of {change.table}.{change.name}")


def redefined(subject: str, old: Column | None, new: Column) -> Iterator[Finding]:
    """Compare a column's definition before and after; without the one before, the worst is taken."""
    if old is None:
        yield changed_type(subject, f"change column {subject}", "something that cannot be compared")
        return
    if how := narrowing(old.type, new.type):
        yield changed_type(subject, f"change column {subject} from {old.text} to {new.text}", how)
    if old.nullable and not new.nullable:
        yield Finding(
            "breaks",
            subject,
            f"make column {subject} NOT NULL",
            "the running version may write NULL, and rows that hold NULL make it fail",
            f"first release code that always writes it, and fill the rows; {in_a_contract(subject)}",
        )
    if new.checked and not old.checked:
        yield constrained(subject, f"add a check to column {subject}")
    yield from default_changed(subject, old.default, new.default)
    if old.automatic and not new.automatic:
        yield from default_changed(subject, "AUTO_INCREMENT", None)


def default_changed(subject: str, old: str | None, new: str | None) -> Iterator[Finding]:
    """A default may come where there was none, but not go or change."""
    if old is not None and old != new:
        yield Finding(
            "breaks",
            subject,
            f"{'change' if new is not None else 'drop'} the default of {subject}, {old}",
            "the running version may leave the column out when it inserts (Alembic drops a default that "
            "alter_column is not told as existing_server_default)",
            f"keep it until all code gives the value itself; {in_a_contract(subject)}",
        )
