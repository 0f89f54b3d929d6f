"""The clause that has a schema change fail where it would copy its table or keep writers out."""

from collections.abc import Set
from itertools import pairwise

from web.schema.lexer import Reader, UnreadableError, Word, cut

CLAUSES = ("ALGORITHM=INPLACE", "LOCK=NONE")


def add_clause(statement: str, locked: Set[str]) -> str:
    """Given a statement, return it with the clause, unless it says by itself how it is to be carried out.

    Statements about `locked` tables, and those which take no such clause, stay as they are.
    """
    try:
        words = cut(statement)
        if says_how(words):
            return statement
        reader = Reader(words)
        if reader.take("ALTER"):
            return add_in_front(statement, reader, locked)
        if reader.take("CREATE") and reader.upper() in ("INDEX", "UNIQUE"):
            return add_at_the_end(statement, reader, locked)
    except UnreadableError:
        return statement
    return statement


def says_how(words: list[Word]) -> bool:
    pairs = pairwise(words)
    values = ("=", "DEFAULT", "INSTANT", "NOCOPY", "INPLACE", "COPY", "NONE", "SHARED", "EXCLUSIVE")
    return any(word.upper in ("ALGORITHM", "LOCK") and after.upper in values for word, after in pairs)


def add_in_front(statement: str, reader: Reader, locked: Set[str]) -> str:
    """Put the clause behind the table's name. A table's new name is given without it."""
    reader.take_any("ONLINE", "IGNORE")
    reader.expect("TABLE")
    reader.take("IF", "EXISTS")
    table = reader.name()
    if reader.take("WAIT"):
        reader.word()
    reader.take("NOWAIT")
    renames = reader.upper() == "RENAME" and reader.upper(1) not in ("COLUMN", "INDEX", "KEY")
    if table in locked or renames or reader.done:
        return statement
    end = reader.words[reader.position - 1].end
    return f"{statement[:end]} {', '.join(CLAUSES)},{statement[end:]}"


def add_at_the_end(statement: str, reader: Reader, locked: Set[str]) -> str:
    while not reader.take("ON"):
        reader.word()
    if reader.name() in locked:
        return statement
    return f"{statement[: reader.words[-1].end]} {' '.join(CLAUSES)}"
