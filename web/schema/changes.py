"""What a statement can change in a schema: one small record for each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from web.schema.columns import Column


@dataclass(frozen=True)
class Change:
    """Something that happens to `table`; each kind below says what."""

    table: str


@dataclass(frozen=True)
class CreateTable(Change):
    """A new table; `columns` is empty where the statement does not spell them out."""

    columns: Mapping[str, Column] = field(default_factory=dict)
    keys: Mapping[str, "AddKey"] = field(default_factory=dict)


@dataclass(frozen=True)
class DropTable(Change):
    """The table goes, or, with `rows_only`, its rows do."""

    rows_only: bool = False


@dataclass(frozen=True)
class RenameTable(Change):
    new: str


@dataclass(frozen=True)
class AddColumn(Change):
    column: Column


@dataclass(frozen=True)
class DropColumn(Change):
    name: str


@dataclass(frozen=True)
class ChangeColumn(Change):
    """The column gets this definition, and with it perhaps another name."""

    name: str
    column: Column


@dataclass(frozen=True)
class RenameColumn(Change):
    name: str
    new: str


@dataclass(frozen=True)
class SetDefault(Change):
    """The column's default becomes another one, or none."""

    name: str
    default: str | None


@dataclass(frozen=True)
class AddKey(Change):
    """`kind` is index, unique, primary, foreign, check, fulltext or spatial."""

    kind: str
    name: str
    columns: Sequence[str]


@dataclass(frozen=True)
class DropKey(Change):
    kind: str
    name: str


@dataclass(frozen=True)
class ConvertTable(Change):
    """Every text of the table gets another character set."""


@dataclass(frozen=True)
class AllowLock(Change):
    """The statement itself asks for a copy or a lock; `clause` is how."""

    clause: str


@dataclass(frozen=True)
class ChangeRows(Change):
    """One statement that changes or deletes rows; `verb` is which."""

    verb: str


@dataclass(frozen=True)
class Unjudged(Change):
    """Nothing here can tell what `what` does."""

    what: str
