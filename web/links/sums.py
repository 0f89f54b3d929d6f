"""The sums of clicks: how a tally of the ledger's lines becomes rows."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.mysql import insert
from sqlalchemy.orm import Session

from web.db import Base
from web.links.models import ClickHour, Link, ReferrerDay
from web.links.visits import HOURS_PER_DAY, SECONDS_PER_HOUR, Tally

REFERRERS_PER_DAY = 50
OTHER = "other"


def stored_clicks(session: Session) -> int:
    """Return all clicks that the sums hold."""
    return int(session.scalar(select(func.sum(ClickHour.humans + ClickHour.bots))) or 0)


def store(session: Session, counted: Tally) -> int:
    """Add a tally to the sums; return the clicks on slugs that no link has."""
    slugs = {slug for slug, _, _ in counted.hours}
    ids = dict(session.execute(select(Link.slug, Link.id).where(Link.slug.in_(slugs))).tuples().all())
    add_hours(session, counted, ids)
    add_referrers(session, counted, ids)
    return sum(count for (slug, _, _), count in counted.hours.items() if slug not in ids)


def add_hours(session: Session, counted: Tally, ids: dict[str, int]) -> None:
    sums: dict[tuple[int, int], list[int]] = {}
    for (slug, hour, is_bot), count in counted.hours.items():
        if slug in ids:
            sums.setdefault((ids[slug], hour), [0, 0])[is_bot] += count
    rows = [
        {"link_id": link_id, "hour": at(hour), "humans": humans, "bots": bots}
        for (link_id, hour), (humans, bots) in sorted(sums.items())
    ]
    add(session, ClickHour, rows)


def add_referrers(session: Session, counted: Tally, ids: dict[str, int]) -> None:
    """Add people's referrer hosts; a visitor invents hosts freely, so their number is bounded."""
    sums: dict[tuple[int, date], Counter[str]] = {}
    for (slug, days, host), count in counted.referrers.items():
        if slug in ids:
            sums.setdefault((ids[slug], at(days * HOURS_PER_DAY).date()), Counter())[host] += count
    known: dict[tuple[int, date], set[str]] = {}
    this_day = tuple_(ReferrerDay.link_id, ReferrerDay.day)
    numbers = select(ReferrerDay.link_id, ReferrerDay.day, func.count()).where(this_day.in_(list(sums)))
    for link_id, day, number in session.execute(numbers.group_by(ReferrerDay.link_id, ReferrerDay.day)):
        if number + len(sums[link_id, day]) > REFERRERS_PER_DAY:
            hosts = select(ReferrerDay.host).where(this_day == (link_id, day))
            known[link_id, day] = set(session.scalars(hosts))
    rows = [
        {"link_id": link_id, "day": day, "host": host, "clicks": clicks}
        for (link_id, day), hosts in sorted(sums.items())
        for host, clicks in sorted(bound(hosts, known.get((link_id, day), set())).items())
    ]
    add(session, ReferrerDay, rows)


def add(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows, or add their numbers to the row that has the same key; always in key order."""
    if rows:
        statement = insert(table)
        keys = {column.name for column in table.__table__.primary_key}
        numbers = rows[0].keys() - keys
        statement = statement.on_duplicate_key_update(
            {name: table.__table__.c[name] + statement.inserted[name] for name in numbers}
        )
        session.connection().execute(statement, rows)


def bound(hosts: Counter[str], known: set[str]) -> Counter[str]:
    """Given one link's hosts of one day, put those beyond the day's bound together as "other"."""
    room = max(0, REFERRERS_PER_DAY - len(known - {OTHER}))
    new = [host for host, _ in hosts.most_common() if host not in known]
    beyond = set(new[room:])
    result: Counter[str] = Counter()
    for host, count in hosts.items():
        result[OTHER if host in beyond else host] += count
    return result


def at(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * SECONDS_PER_HOUR, UTC)
