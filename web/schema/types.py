"""Column types of MariaDB, and what becomes of values when one is changed for another."""

from collections.abc import Sequence
from dataclasses import dataclass

from web.schema.lexer import Reader, UnreadableError, join, split

SYNONYMS = {
    "BOOL": "TINYINT",
    "BOOLEAN": "TINYINT",
    "CHARACTER": "CHAR",
    "DEC": "DECIMAL",
    "FIXED": "DECIMAL",
    "INTEGER": "INT",
    "NUMERIC": "DECIMAL",
    "REAL": "DOUBLE",
}
INTEGER_BITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64}
FLOATS = ("FLOAT", "DOUBLE")
LISTS = ("ENUM", "SET")
TEXTS = ("CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT")
BINARIES = ("BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB")
TIMES = ("TIME", "DATETIME", "TIMESTAMP")
OTHERS = ("DATE", "YEAR", "JSON", "UUID", "INET4", "INET6", "BIT", "POINT", "GEOMETRY")
KNOWN = {*INTEGER_BITS, *FLOATS, *LISTS, *TEXTS, *BINARIES, *TIMES, *OTHERS, "DECIMAL"}
BYTES = {"TINY": 2**8 - 1, "": 2**16 - 1, "MEDIUM": 2**24 - 1, "LONG": 2**32 - 1}
CHARACTER_BYTES = {"ascii": 1, "latin1": 1, "binary": 1, "utf8": 3, "utf8mb3": 3}


@dataclass(frozen=True)
class ColumnType:
    """A type: its name, what stands in its parentheses, and what follows."""

    name: str
    arguments: Sequence[str] = ()
    unsigned: bool = False
    charset: str | None = None
    collation: str | None = None

    def number(self, index: int, default: int) -> int:
        return int(self.arguments[index]) if index < len(self.arguments) else default

    @property
    def family(self) -> str:
        families = {"integer": INTEGER_BITS, "float": FLOATS, "text": TEXTS, "binary": BINARIES}
        return next((family for family, names in families.items() if self.name in names), self.name)

    @property
    def character_bytes(self) -> int:
        charset = self.charset or (self.collation or "").partition("_")[0]
        return CHARACTER_BYTES.get(charset.lower(), 4)

    @property
    def capacity(self) -> int:
        """How many bytes a value of a text or binary type may have."""
        if self.name in ("CHAR", "VARCHAR"):
            return self.number(0, 1) * self.character_bytes
        if self.name in ("BINARY", "VARBINARY"):
            return self.number(0, 1)
        return BYTES[self.name.removesuffix("TEXT").removesuffix("BLOB")]

    @property
    def list_bytes(self) -> int:
        """How many bytes a value of an ENUM or a SET takes."""
        number = len(self.arguments)
        if self.name == "ENUM":
            return 1 if number <= 255 else 2
        return (number + 7) // 8 if number <= 32 else 8

    @property
    def range(self) -> tuple[int, int]:
        bits = INTEGER_BITS[self.name]
        return (0, 2**bits - 1) if self.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def read_type(reader: Reader) -> ColumnType:
    """Step over a type with its parentheses, sign, character set and collation, and return it."""
    word = reader.word()
    name = SYNONYMS.get(word.upper, word.upper)
    if name == "DOUBLE":
        reader.take("PRECISION")
    if name == "CHAR" and reader.take("VARYING"):
        name = "VARCHAR"
    if name not in KNOWN:
        raise UnreadableError(f"the type {word.text}")
    arguments = tuple(join(part) for part in split(reader.group())) if reader.upper() == "(" else ()
    unsigned, charset, collation = False, None, None
    while True:
        if reader.take_any("UNSIGNED", "ZEROFILL"):
            unsigned = True
        elif reader.take("CHARACTER", "SET") or reader.take("CHARSET"):
            charset = reader.name()
        elif reader.take("COLLATE"):
            collation = reader.name()
        elif not reader.take("SIGNED"):
            return ColumnType(name, arguments, unsigned, charset, collation)


def narrowing(old: ColumnType, new: ColumnType) -> str | None:
    """Return in which way `new` holds less than `old`, or something else; None when it holds it all."""
    if old.family != new.family:
        return "another kind of value"
    if (old.charset, old.collation) != (new.charset, new.collation):
        return "another character set or collation"
    if old.family == "integer":
        return narrower_range(old, new)
    if old.family in ("text", "binary"):
        return "shorter" if new.capacity < old.capacity else None
    if old.name in LISTS:
        return "fewer values" if set(old.arguments) - set(new.arguments) else None
    if old.name == "DECIMAL":
        return narrower_decimal(old, new)
    if old.family == "float":
        return "less exact" if (old.name, new.name) == ("DOUBLE", "FLOAT") else None
    if old.name in TIMES:
        return "less exact" if new.number(0, 0) < old.number(0, 0) else None
    return None if old == new else "another size"


def narrower_range(old: ColumnType, new: ColumnType) -> str | None:
    (low, high), (new_low, new_high) = old.range, new.range
    if new_low <= low and high <= new_high:
        return None
    return "another sign" if old.unsigned != new.unsigned else "smaller"


def narrower_decimal(old: ColumnType, new: ColumnType) -> str | None:
    digits, new_digits = ((type_.number(0, 10), type_.number(1, 0)) for type_ in (old, new))
    fits = digits[0] - digits[1] <= new_digits[0] - new_digits[1] and digits[1] <= new_digits[1]
    return None if fits and old.unsigned >= new.unsigned else "fewer digits"


def copies(old: ColumnType, new: ColumnType) -> bool:
    """Tell whether MariaDB must copy the table to change `old` for `new`."""
    if old.family == "integer":
        return (old.name, old.unsigned) != (new.name, new.unsigned)
    if old == new:
        return False
    if (old.name, old.charset, old.collation) != (new.name, new.charset, new.collation):
        return True
    if old.name in ("VARCHAR", "VARBINARY"):
        # A length of up to 127 bytes is stored alike in both of InnoDB's forms, and one above 255 in the
        # longer form anyway; between them every row would have to be written anew.
        return new.capacity < old.capacity or 127 < old.capacity <= 255 < new.capacity
    if old.name in LISTS:
        kept = tuple(new.arguments[: len(old.arguments)])
        return kept != tuple(old.arguments) or old.list_bytes != new.list_bytes
    return True
