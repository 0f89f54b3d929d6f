"""The ledger: Nginx's log of events that count, read exactly once (nginx/snippets/ledger.conf).

One pass reads every file on from its cursor. What the application stores of a block of lines and the
file's cursor move in one transaction, so a process killed anywhere has counted a block wholly or not
at all. Files are rotated by renaming: the old one is read to its end, and goes only when nothing can
write to it any more.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from sqlalchemy import BigInteger, String, select, text
from sqlalchemy.dialects.mysql import CHAR
from sqlalchemy.orm import Mapped, Session, mapped_column

from web.db import Base, Database

logger = logging.getLogger(__name__)

LEDGER = "ledger.log"
LOCK = "demijohn.ledger"
# Large blocks spare updates: one row takes the sum of many lines.
BLOCK_BYTES = 32 * 1024 * 1024
# An Nginx worker that is shutting down may hold the old file, for less than a minute.
KEPT_SECONDS = 3600


class Tally(Protocol):
    """What an application makes of a block: how many lines, and how many of them are events."""

    lines: int
    events: int


T = TypeVar("T", bound=Tally)


class LedgerCursor(Base):
    """How far one file was read.

    A file is known by the digest of its first line, which holds a time in milliseconds and a
    connection's number: inodes are given again, and device numbers change when a host restarts.
    """

    __tablename__ = "ledger_cursor"

    file: Mapped[str] = mapped_column(CHAR(64, charset="ascii", collation="ascii_bin"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int] = mapped_column(BigInteger)
    events: Mapped[int] = mapped_column(BigInteger)
    # Events that the application has no place for; they are in no sum.
    strays: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Ledger(Generic[T]):
    """The files of one directory, and what an application does with their lines.

    `tally` makes sums of a block of whole lines; `store` adds them to the application's tables, in the
    transaction that it is given, and returns how many events it had no place for.
    """

    database: Database
    directory: Path
    tally: Callable[[bytes], T]
    store: Callable[[Session, T], int]

    def read_all(self) -> int:
        """Read all that is new and return the number of lines; 0 at once when another reader is at it."""
        total = progress = self.read_on()
        while progress.more:
            progress = self.read_on()
            total += progress
        return total.lines

    def read_on(self) -> "Progress":
        """Read a block of each file, if it has new lines; nothing when another reader is at it."""
        progress = Progress()
        with named_lock(self.database, LOCK) as locked:
            if locked:
                for path in ledger_files(self.directory):
                    progress += self.read_block(path)
                    self.drop_when_done(path)
        return progress

    def read_block(self, path: Path) -> "Progress":
        """Count the next whole lines of one file."""
        with path.open("rb") as file:
            identity = identify(file.readline())

            def work(session: Session) -> Progress:
                cursor = session.get(LedgerCursor, identity, with_for_update=True)
                cursor = cursor or new_cursor(identity or "", path.name)
                file.seek(cursor.position)
                read = file.read(BLOCK_BYTES)
                block = whole_lines(read)
                counted = self.tally(block)
                if block:
                    cursor.strays += self.store(session, counted)
                    cursor.position += len(block)
                    cursor.lines += counted.lines
                    cursor.events += counted.events
                    session.add(cursor)
                return Progress(counted.lines, len(read) == BLOCK_BYTES)

            return self.database.write(work) if identity else Progress()

    def drop_when_done(self, path: Path) -> None:
        """Delete a rotated file that was read to its end and that nothing can write to any more."""
        if path.name == LEDGER or path.stat().st_mtime > time.time() - KEPT_SECONDS:
            return
        with path.open("rb") as file:
            identity = identify(file.readline())
        with self.database.read() as session:
            cursor = session.get(LedgerCursor, identity) if identity else None
        if cursor is None or cursor.position == path.stat().st_size:
            path.unlink()
            logger.info("%s was read to its end and is deleted", path.name)

    def audit(self, stored: Callable[[Session], int]) -> "Balance":
        """Compare the events of all files with what `stored` finds in the application's tables.

        Files that are still there are read again, up to their cursors.
        """

        def read_sums(session: Session) -> tuple[int, dict[str, LedgerCursor]]:
            cursors = {cursor.file: cursor for cursor in session.scalars(select(LedgerCursor))}
            return stored(session), cursors

        found, cursors = self.database.write(read_sums)  # a transaction: both are of one moment
        faults = [fault for path in ledger_files(self.directory) for fault in self.recount(path, cursors)]
        logged = sum(cursor.events - cursor.strays for cursor in cursors.values())
        return Balance(logged, found, faults)

    def recount(self, path: Path, cursors: dict[str, LedgerCursor]) -> Iterator[str]:
        """Yield a sentence when a file's lines up to its cursor are not what was counted then."""
        with path.open("rb") as file:
            cursor = cursors.get(identify(file.readline()) or "")
            if cursor is None:
                return
            file.seek(0)
            events = 0
            while left := cursor.position - file.tell():
                start = file.tell()
                block = whole_lines(file.read(min(BLOCK_BYTES, left)))
                if not block:
                    break
                file.seek(start + len(block))
                events += self.tally(block).events
        if events != cursor.events:
            yield f"{path.name} holds {events} events, but {cursor.events} were counted"


@dataclass(frozen=True)
class Progress:
    """How many lines were read, and whether a file has a block's worth left."""

    lines: int = 0
    more: bool = False

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(self.lines + other.lines, self.more or other.more)


@dataclass(frozen=True)
class Balance:
    """What the ledger's lines say, and what the application's tables say."""

    logged: int
    stored: int
    faults: list[str]

    @property
    def holds(self) -> bool:
        return not self.faults and self.logged == self.stored


def new_cursor(file: str, name: str) -> LedgerCursor:
    """Return the cursor of a file that was not read yet."""
    return LedgerCursor(file=file, name=name, position=0, lines=0, events=0, strays=0)


def ledger_files(directory: Path) -> list[Path]:
    """Return the ledger and what it was rotated to, oldest first (rotated names end in a time)."""
    rotated = sorted(directory.glob(f"{LEDGER}.*"))
    current = directory / LEDGER
    return [*rotated, current] if current.exists() else rotated


def identify(first_line: bytes) -> str | None:
    """Return a file's identity, or None while its first line is not whole."""
    return hashlib.sha256(first_line).hexdigest() if first_line.endswith(b"\n") else None


def whole_lines(block: bytes) -> bytes:
    return block[: block.rfind(b"\n") + 1]


@contextmanager
def named_lock(database: Database, name: str) -> Iterator[bool]:
    """Hold MariaDB's lock of this name if it is free; the server frees it when its holder is killed."""
    with database.writer.connect() as connection:
        locked = connection.scalar(text("SELECT GET_LOCK(:name, 0)"), {"name": name}) == 1
        connection.commit()
        try:
            yield locked
        finally:
            if locked:
                connection.execute(text("DO RELEASE_LOCK(:name)"), {"name": name})
