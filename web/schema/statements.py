"""One SQL statement read as the changes that it makes. What cannot be read is said to be so, never passed."""

from collections.abc import Callable
from functools import cache

from web.schema.alterations import read_alterations, read_key
from web.schema.changes import (
    AddKey,
    AllowLock,
    Change,
    ChangeRows,
    CreateTable,
    DropKey,
    DropTable,
    RenameTable,
    Unjudged,
)
from web.schema.columns import Column, read_column
from web.schema.lexer import Reader, UnreadableError, Word, cut, split

# They change no schema and hold no lock that anybody waits for.
HARMLESS = {"ANALYZE", "COMMIT", "DESC", "DESCRIBE", "DO", "EXPLAIN", "SELECT", "SHOW"}
KEYS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "INDEX", "KEY", "FULLTEXT", "SPATIAL")


@cache
def read_statement(sql: str) -> list[Change]:
    """Given one statement, return its changes in order; one `Unjudged` where it cannot be read."""
    try:
        reader = Reader(cut(sql))
        if any(word.text == ";" for word in reader.words):
            raise UnreadableError("several statements")
        verb = reader.word().upper
        if verb in HARMLESS:
            return []
        if verb not in READERS:
            raise UnreadableError(verb)
        return [*READERS[verb](reader), *read_sources(verb, reader)]
    except UnreadableError:
        return [Unjudged("", " ".join(sql.split()[:6]))]


def read_sources(verb: str, reader: Reader) -> list[Change]:
    """Return the tables that INSERT or CREATE TABLE reads from: their rows stay locked until it ends."""
    if verb not in ("INSERT", "CREATE", "REPLACE") or "SELECT" not in [word.upper for word in reader.words]:
        return []
    named = [index for index, word in enumerate(reader.words) if word.upper in ("FROM", "JOIN")]
    sources = [Reader(reader.words[index + 1 :]) for index in named]
    return [ChangeRows(s.name(), f"{verb} ... SELECT") for s in sources if s.upper() not in ("(", "DUAL")]


def read_insert(reader: Reader) -> list[Change]:
    """New rows lock nobody out."""
    return []


def read_alter(reader: Reader) -> list[Change]:
    reader.take("ONLINE")
    reader.take("IGNORE")
    reader.expect("TABLE")
    reader.take("IF", "EXISTS")
    return read_alterations(reader.name(), reader)


def read_create(reader: Reader) -> list[Change]:
    replaces = reader.take("OR", "REPLACE")
    if reader.take("TEMPORARY"):
        return []
    if reader.upper() in ("INDEX", "UNIQUE", "FULLTEXT", "SPATIAL"):
        return read_create_index(reader)
    reader.expect("TABLE")
    reader.take("IF", "NOT", "EXISTS")
    table = reader.name()
    gone: list[Change] = [DropTable(table)] if replaces else []
    columns: dict[str, Column] = {}
    keys: dict[str, AddKey] = {}
    if reader.upper() == "(" and reader.upper(1) != "LIKE":
        for part in split(reader.group()):
            read_element(table, part, columns, keys)
    return [*gone, CreateTable(table, columns, keys)]


def read_element(table: str, part: list[Word], columns: dict[str, Column], keys: dict[str, AddKey]) -> None:
    """Read one line of CREATE TABLE into `columns` or `keys`."""
    if part[0].upper in KEYS:
        key = read_key(table, Reader(part))
        keys[key.name.lower()] = key
        return
    column = read_column(part)
    columns[column.name.lower()] = column
    if column.unique:
        keys[column.name.lower()] = AddKey(table, "unique", column.name, (column.name,))


def read_create_index(reader: Reader) -> list[Change]:
    kind = (reader.take_any("UNIQUE", "FULLTEXT", "SPATIAL") or "INDEX").lower()
    reader.take("INDEX")
    reader.take("IF", "NOT", "EXISTS")
    name = reader.name()
    if reader.take("USING"):
        reader.word()
    reader.expect("ON")
    table = reader.name()
    columns = tuple(Reader(part).name() for part in split(reader.group()) if part[0].upper != "(")
    return [AddKey(table, kind, name, columns), *read_lock(table, reader)]


def read_lock(table: str, reader: Reader) -> list[Change]:
    """Read what may follow the columns of an index; a wish for a copy or a lock is a change of its own."""
    wishes: list[Change] = []
    while not reader.done:
        option = reader.take_any("ALGORITHM", "LOCK", "USING", "COMMENT")
        if not option:
            raise reader.unreadable()
        reader.take("=")
        value = reader.word()
        if value.upper in ("COPY", "SHARED", "EXCLUSIVE"):
            wishes.append(AllowLock(table, f"{option}={value.upper}"))
    return wishes


def read_drop(reader: Reader) -> list[Change]:
    if reader.take("INDEX"):
        reader.take("IF", "EXISTS")
        name = reader.name()
        reader.expect("ON")
        return [DropKey(reader.name(), "index", name)]
    if reader.take("TEMPORARY"):
        return []
    reader.expect("TABLE")
    reader.take("IF", "EXISTS")
    dropped: list[Change] = [DropTable(reader.name())]
    while reader.take(","):
        dropped.append(DropTable(reader.name()))
    return dropped


def read_rename(reader: Reader) -> list[Change]:
    reader.expect("TABLE")
    reader.take("IF", "EXISTS")
    renamed: list[Change] = []
    while not renamed or reader.take(","):
        old = reader.name()
        reader.expect("TO")
        renamed.append(RenameTable(old, reader.name()))
    return renamed


def read_truncate(reader: Reader) -> list[Change]:
    reader.take("TABLE")
    return [DropTable(reader.name(), rows_only=True)]


def read_update(reader: Reader) -> list[Change]:
    reader.take("LOW_PRIORITY")
    reader.take("IGNORE")
    return [ChangeRows(reader.name(), "UPDATE")]


def read_delete(reader: Reader) -> list[Change]:
    reader.expect("FROM")
    return [ChangeRows(reader.name(), "DELETE")]


def read_replace(reader: Reader) -> list[Change]:
    reader.take("INTO")
    return [ChangeRows(reader.name(), "REPLACE")]


def read_set(reader: Reader) -> list[Change]:
    """A session's own variable is its own affair; a global one, or a statement under SET, is not."""
    words = [word.upper for word in reader.words]
    if {"GLOBAL", "STATEMENT", "PASSWORD", "ROLE", "DEFAULT"} & set(words) or any(
        word.startswith("@@GLOBAL") for word in words
    ):
        raise UnreadableError("SET of more than the session")
    return []


READERS: dict[str, Callable[[Reader], list[Change]]] = {
    "ALTER": read_alter,
    "CREATE": read_create,
    "DELETE": read_delete,
    "DROP": read_drop,
    "INSERT": read_insert,
    "RENAME": read_rename,
    "REPLACE": read_replace,
    "SET": read_set,
    "TRUNCATE": read_truncate,
    "UPDATE": read_update,
}
