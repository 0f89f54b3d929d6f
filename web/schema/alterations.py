"""What stands after ALTER TABLE, clause by clause."""

from web.schema.changes import (
    AddColumn,
    AddKey,
    AllowLock,
    Change,
    ChangeColumn,
    ConvertTable,
    DropColumn,
    DropKey,
    RenameColumn,
    RenameTable,
    SetDefault,
)
from web.schema.columns import read_column, read_default, read_reference
from web.schema.lexer import Reader, Word, split

# Options of a table that neither the running code nor its rows notice.
HARMLESS_OPTIONS = ("AUTO_INCREMENT", "COMMENT", "STATS_PERSISTENT", "STATS_AUTO_RECALC")


def read_alterations(table: str, reader: Reader) -> list[Change]:
    """Given a reader behind the table's name, return the changes; raises UnreadableError."""
    if reader.take_any("WAIT"):
        reader.word()
    reader.take("NOWAIT")
    return [change for part in split(reader.words[reader.position :]) for change in read_clause(table, part)]


def read_clause(table: str, words: list[Word]) -> list[Change]:
    reader = Reader(words)
    if option := reader.take_any("ALGORITHM", "LOCK"):
        reader.take("=")
        value = reader.word().upper
        return [AllowLock(table, f"{option}={value}")] if value in ("COPY", "SHARED", "EXCLUSIVE") else []
    if reader.take("ADD"):
        return read_add(table, reader)
    if reader.take("DROP"):
        return [read_drop(table, reader)]
    if reader.take("MODIFY") or reader.take("CHANGE"):
        return [read_change(table, reader, renames=words[0].upper == "CHANGE")]
    if reader.take("ALTER"):
        return [read_default_change(table, reader)]
    if reader.take("RENAME"):
        return read_rename(table, reader)
    if reader.take("CONVERT", "TO"):
        return [ConvertTable(table)]
    if reader.take_any(*HARMLESS_OPTIONS):
        reader.take("=")
        reader.word()
        if reader.done:
            return []
    raise reader.unreadable()


def read_add(table: str, reader: Reader) -> list[Change]:
    if reader.upper() in ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK") or reader.upper() in (
        *("INDEX", "KEY", "FULLTEXT", "SPATIAL"),
    ):
        return [read_key(table, reader)]
    reader.take("COLUMN")
    reader.take("IF", "NOT", "EXISTS")
    parts = split(reader.group()) if reader.upper() == "(" else [reader.words[reader.position :]]
    return [change for part in parts for change in added(table, part)]


def added(table: str, words: list[Word]) -> list[Change]:
    """Given a column's words, return it and the keys that stand in its definition."""
    column = read_column(words)
    kinds = {"unique": column.unique, "foreign": column.references}
    keys = [AddKey(table, kind, column.name, (column.name,)) for kind, there in kinds.items() if there]
    return [AddColumn(table, column), *keys]


def read_key(table: str, reader: Reader) -> AddKey:
    """Step over the definition of a key or constraint and return it."""
    name = ""
    if reader.take("CONSTRAINT") and reader.upper() not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK"):
        name = reader.name()
    word = reader.take_any(
        *("PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "FULLTEXT", "SPATIAL", "INDEX", "KEY"),
    )
    if not word:
        raise reader.unreadable()
    kind = "index" if word == "KEY" else word.lower()
    if kind == "check":
        return AddKey(table, kind, name, ())
    if kind != "index":
        reader.take_any("KEY", "INDEX")
    reader.take("IF", "NOT", "EXISTS")
    if reader.upper() != "(":
        name = reader.name()
    columns = tuple(Reader(part).name() for part in split(reader.group()) if part[0].upper != "(")
    if kind == "foreign":
        reader.expect("REFERENCES")
        read_reference(reader)
    if not name and kind != "foreign":  # MariaDB's own choice
        name = columns[0] if columns else kind
    return AddKey(table, kind, name, columns)


def read_drop(table: str, reader: Reader) -> Change:
    if reader.take("PRIMARY", "KEY"):
        return DropKey(table, "primary", "PRIMARY")
    if reader.take("FOREIGN", "KEY"):
        reader.take("IF", "EXISTS")
        return DropKey(table, "foreign", reader.name())
    if kind := reader.take_any("INDEX", "KEY", "CONSTRAINT", "CHECK"):
        reader.take("IF", "EXISTS")
        return DropKey(table, "index" if kind == "KEY" else kind.lower(), reader.name())
    reader.take("COLUMN")
    reader.take("IF", "EXISTS")
    name = reader.name()
    reader.take_any("RESTRICT", "CASCADE")
    if not reader.done:
        raise reader.unreadable()
    return DropColumn(table, name)


def read_change(table: str, reader: Reader, *, renames: bool) -> Change:
    reader.take("COLUMN")
    reader.take("IF", "EXISTS")
    name = reader.name()
    rest = reader.words[reader.position :]
    return ChangeColumn(table, name, read_column(rest) if renames else read_column(rest, name))


def read_default_change(table: str, reader: Reader) -> Change:
    reader.take("COLUMN")
    reader.take("IF", "EXISTS")
    name = reader.name()
    if reader.take("DROP", "DEFAULT"):
        return SetDefault(table, name, None)
    reader.expect("SET", "DEFAULT")
    return SetDefault(table, name, read_default(reader))


def read_rename(table: str, reader: Reader) -> list[Change]:
    if reader.take_any("INDEX", "KEY"):
        return []
    if reader.take("COLUMN"):
        name = reader.name()
        reader.expect("TO")
        return [RenameColumn(table, name, reader.name())]
    reader.take_any("TO", "AS")
    renamed = RenameTable(table, reader.name())
    if not reader.done:
        raise reader.unreadable()
    return [renamed]
