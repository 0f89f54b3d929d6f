"""How a column is defined."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from web.schema.lexer import Reader, Word, join
from web.schema.types import ColumnType, read_type

COMPUTED = re.compile(r"\b(?!CURRENT_TIMESTAMP|NOW|LOCALTIME)\w+\(", re.IGNORECASE)

# Attributes of one form, and what each says about the column.
FLAGS: Mapping[tuple[str, ...], Mapping[str, object]] = {
    ("NOT", "NULL"): {"nullable": False},
    ("NULL",): {},
    ("AUTO_INCREMENT",): {"automatic": True},
    ("PRIMARY", "KEY"): {"nullable": False, "unique": True},
    ("UNIQUE", "KEY"): {"unique": True},
    ("UNIQUE",): {"unique": True},
    ("STORED",): {"stored": True},
    ("PERSISTENT",): {"stored": True},
    ("VIRTUAL",): {},
    ("INVISIBLE",): {},
}


@dataclass(frozen=True)
class Column:
    """A column as a statement defines it; `text` is the definition after its name, without its place."""

    name: str
    type: ColumnType
    text: str
    nullable: bool = True
    default: str | None = None
    automatic: bool = False
    generated: bool = False
    stored: bool = False
    unique: bool = False
    references: bool = False
    checked: bool = False

    @property
    def computed_default(self) -> bool:
        """Whether the default is a function's, other than of the clock, so that each row gets its own."""
        return bool(COMPUTED.search(self.default or ""))

    @property
    def needs_value(self) -> bool:
        """Whether an INSERT that does not name this column fails."""
        return not (self.nullable or self.default is not None or self.automatic or self.generated)


def read_column(words: list[Word], name: str | None = None) -> Column:
    """Given the words of a definition, from the name on unless it is given, return the column."""
    reader = Reader(words)
    name = name or reader.name()
    start = reader.position
    type_ = read_type(reader)
    found: dict[str, object] = {}
    end = reader.position
    while not reader.done:
        if reader.take("FIRST"):
            continue
        if reader.take("AFTER"):
            reader.name()
            continue
        read_attribute(reader, found)
        end = reader.position
    return Column(name, type_, join(words[start:end]), **found)  # type: ignore[arg-type]


def read_attribute(reader: Reader, found: dict[str, object]) -> None:
    """Step over one attribute of a column and note it in `found`."""
    for keywords, attributes in FLAGS.items():
        if reader.take(*keywords):
            found.update(attributes)
            return
    if reader.take("DEFAULT"):
        found["default"] = read_default(reader)
    elif reader.take("GENERATED", "ALWAYS", "AS") or reader.take("AS"):
        reader.group()
        found["generated"] = True
    elif reader.take("REFERENCES"):
        read_reference(reader)
        found["references"] = True
    elif reader.take("ON", "UPDATE"):
        read_default(reader)
    elif reader.take("CHECK"):
        reader.group()
        found["checked"] = True
    elif reader.take("COMMENT"):
        reader.word()
    else:
        raise reader.unreadable()


def read_default(reader: Reader) -> str | None:
    """Step over a default and return it as text; None for NULL, which is none."""
    if reader.upper() == "(":
        return f"({join(reader.group())})"
    sign = reader.take_any("-", "+")
    word = reader.word()
    arguments = f"({join(reader.group())})" if reader.upper() == "(" else ""
    if word.upper == "NULL":
        return None
    plain = word.text.upper() if word.kind == "word" else word.text.strip("'") if word.kind == "text" else ""
    return sign + (plain or word.text) + arguments


def read_reference(reader: Reader) -> None:
    """Step over the table, the columns and the rules of a foreign key."""
    reader.name()
    if reader.upper() == "(":
        reader.group()
    while reader.take("ON", "DELETE") or reader.take("ON", "UPDATE"):
        if not (reader.take_any("CASCADE", "RESTRICT") or reader.take("SET", "NULL")):
            reader.expect("NO", "ACTION")
