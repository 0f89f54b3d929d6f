"""The ingester: moves the ledger's lines into the sums, each line exactly once.

One pass reads every ledger file on from its cursor. The sums and the cursor move in one transaction,
so a process killed anywhere has counted a run of lines wholly or not at all. Files are rotated by
renaming: the old one is read to its end, and goes only when nothing can write to it any more.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import func, select, text, tuple_
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.orm import Session

from web.db import Database
from web.links.ledger import SECONDS_PER_DAY, SECONDS_PER_HOUR, Tally, tally
from web.links.models import ClickHour, Link, LogCursor, ReferrerDay

logger = logging.getLogger(__name__)

LEDGER = "ledger.log"
LOCK = "demijohn.ingest"
BLOCK_BYTES = 8 * 1024 * 1024
# An Nginx worker that is shutting down may hold the old file, for less than a minute.
KEPT_SECONDS = 3600
REFERRERS_PER_DAY = 50
OTHER = "other"


def ingest(database: Database, directory: Path) -> int:
    """Read all that is new in the directory's ledger files and return the number of lines.

    Returns 0 at once when another process is at it.
    """
    lines = 0
    with named_lock(database) as locked:
        if locked:
            for path in ledger_files(directory):
                while read := ingest_block(database, path):
                    lines += read
                drop_when_done(database, path)
    return lines


@contextmanager
def named_lock(database: Database) -> Iterator[bool]:
    """Hold the ingester's lock if it is free; the server frees it when its holder is killed."""
    with database.writer.connect() as connection:
        locked = connection.scalar(text("SELECT GET_LOCK(:name, 0)"), {"name": LOCK}) == 1
        connection.commit()
        try:
            yield locked
        finally:
            if locked:
                connection.execute(text("DO RELEASE_LOCK(:name)"), {"name": LOCK})


def ledger_files(directory: Path) -> list[Path]:
    """Return the ledger and what it was rotated to, oldest first (rotated names end in a time)."""
    rotated = sorted(directory.glob(f"{LEDGER}.*"))
    current = directory / LEDGER
    return [*rotated, current] if current.exists() else rotated


def ingest_block(database: Database, path: Path) -> int:
    """Count the next whole lines of one file and return how many there were."""
    with path.open("rb") as file:
        identity = identify(file.readline())
        if identity is None:
            return 0

        def work(session: Session) -> int:
            cursor = session.get(LogCursor, identity, with_for_update=True) or LogCursor(
                file=identity, name=path.name, position=0, lines=0, clicks=0, strays=0
            )
            file.seek(cursor.position)
            block = file.read(BLOCK_BYTES)
            block = block[: block.rfind(b"\n") + 1]
            if block:
                counted = tally(block)
                cursor.strays += store(session, counted)
                cursor.position += len(block)
                cursor.lines += counted.lines
                cursor.clicks += counted.clicks
                session.add(cursor)
                return counted.lines
            return 0

        return database.write(work)


def identify(first_line: bytes) -> str | None:
    """Return a file's identity, or None while its first line is not whole."""
    return hashlib.sha256(first_line).hexdigest() if first_line.endswith(b"\n") else None


def store(session: Session, counted: Tally) -> int:
    """Add a tally to the sums; return the clicks on slugs that no link has."""
    slugs = {slug for slug, _, _ in counted.hours}
    rows = session.execute(select(Link.slug, Link.id).where(Link.slug.in_(slugs)))
    ids = dict(rows.tuples())
    add_hours(session, counted, ids)
    add_referrers(session, counted, ids)
    return sum(count for (slug, _, _), count in counted.hours.items() if slug not in ids)


def add_hours(session: Session, counted: Tally, ids: dict[str, int]) -> None:
    sums: dict[tuple[int, int], list[int]] = {}
    for (slug, hour, is_bot), count in counted.hours.items():
        if slug in ids:
            sums.setdefault((ids[slug], hour), [0, 0])[is_bot] += count
    statement = insert(ClickHour)
    statement = statement.on_duplicate_key_update(
        humans=ClickHour.humans + statement.inserted.humans,
        bots=ClickHour.bots + statement.inserted.bots,
    )
    values = [
        {"link_id": link_id, "hour": at(hour * SECONDS_PER_HOUR), "humans": humans, "bots": bots}
        for (link_id, hour), (humans, bots) in sorted(sums.items())
    ]
    if values:
        session.connection().execute(statement, values)


def add_referrers(session: Session, counted: Tally, ids: dict[str, int]) -> None:
    """Add people's referrer hosts; a visitor invents hosts freely, so their number is bounded."""
    sums: dict[tuple[int, date], dict[str, int]] = {}
    for (slug, day, host), count in counted.referrers.items():
        if slug in ids:
            hosts = sums.setdefault((ids[slug], at(day * SECONDS_PER_DAY).date()), {})
            hosts[host] = hosts.get(host, 0) + count
    if not sums:
        return
    known = known_hosts(session, list(sums))
    statement = insert(ReferrerDay)
    statement = statement.on_duplicate_key_update(clicks=ReferrerDay.clicks + statement.inserted.clicks)
    values = [
        {"link_id": link_id, "day": day, "host": host, "clicks": clicks}
        for (link_id, day), hosts in sorted(sums.items())
        for host, clicks in sorted(bound(hosts, known.get((link_id, day), set())).items())
    ]
    session.connection().execute(statement, values)


def known_hosts(session: Session, keys: list[tuple[int, date]]) -> dict[tuple[int, date], set[str]]:
    rows = session.execute(
        select(ReferrerDay.link_id, ReferrerDay.day, ReferrerDay.host).where(
            tuple_(ReferrerDay.link_id, ReferrerDay.day).in_(keys)
        )
    )
    known: dict[tuple[int, date], set[str]] = {}
    for link_id, day, host in rows:
        known.setdefault((link_id, day), set()).add(host)
    return known


def bound(hosts: dict[str, int], known: set[str]) -> dict[str, int]:
    """Given one link's hosts of one day, put those beyond the day's bound together as "other"."""
    room = max(0, REFERRERS_PER_DAY - len(known - {OTHER}))
    new = sorted((h for h in hosts if h not in known), key=lambda h: (-hosts[h], h))
    kept = set(new[:room]) | known
    result: dict[str, int] = {}
    for host, count in hosts.items():
        name = host if host in kept else OTHER
        result[name] = result.get(name, 0) + count
    return result


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def drop_when_done(database: Database, path: Path) -> None:
    """Delete a rotated file that was read to its end and that nothing can write to any more."""
    if path.name == LEDGER or path.stat().st_mtime > time.time() - KEPT_SECONDS:
        return
    with path.open("rb") as file:
        identity = identify(file.readline())
    with database.read() as session:
        cursor = session.get(LogCursor, identity) if identity else None
    if cursor is None or cursor.position == path.stat().st_size:
        path.unlink()
        logger.info("%s was read to its end and is deleted", path.name)


@dataclass(frozen=True)
class Balance:
    """What the ledger's lines say, and what the sums say."""

    logged: int
    stored: int
    faults: list[str]

    @property
    def holds(self) -> bool:
        return not self.faults and self.logged == self.stored


def verify(database: Database, directory: Path) -> Balance:
    """Count the lines of the files that are there anew, and compare cursors and sums with them."""

    def read_sums(session: Session) -> tuple[int, dict[str, LogCursor]]:
        clicks = func.coalesce(func.sum(ClickHour.humans + ClickHour.bots), 0)
        cursors = {cursor.file: cursor for cursor in session.scalars(select(LogCursor))}
        return int(session.scalar(select(clicks)) or 0), cursors

    stored, cursors = database.write(read_sums)  # a transaction, so that both are of one moment
    faults = [fault for path in ledger_files(directory) for fault in recount(path, cursors)]
    logged = sum(cursor.clicks - cursor.strays for cursor in cursors.values())
    return Balance(logged, stored, faults)


def recount(path: Path, cursors: dict[str, LogCursor]) -> Iterator[str]:
    """Yield a sentence when a file's lines up to its cursor are not what the cursor counted."""
    with path.open("rb") as file:
        cursor = cursors.get(identify(file.readline()) or "")
        if cursor is None:
            return
        file.seek(0)
        clicks, left = 0, cursor.position
        while left and (block := file.read(min(BLOCK_BYTES, left))):
            if left > len(block):
                end = block.rfind(b"\n") + 1
                file.seek(end - len(block), 1)
                block = block[:end]
            clicks += tally(block).clicks
            left -= len(block)
    if clicks != cursor.clicks:
        yield f"{path.name} holds {clicks} clicks, but {cursor.clicks} were counted"
