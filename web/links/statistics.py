"""What the sums tell of a link: totals, a time line, and where people came from."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from web.links.models import ClickHour, ReferrerDay

Unit = Literal["hour", "day"]
STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
TOP_REFERRERS = 20


class Clicks(NamedTuple):
    """Clicks by people and by bots."""

    humans: int = 0
    bots: int = 0


Series = list[tuple[datetime, Clicks]]


def floor(moment: datetime, unit: Unit) -> datetime:
    """Return the beginning of the hour or day that holds the moment."""
    return moment.replace(hour=moment.hour if unit == "hour" else 0, minute=0, second=0, microsecond=0)


def totals(session: Session, link_ids: Collection[int]) -> dict[int, Clicks]:
    """Return the total clicks of each link."""
    sums = select(ClickHour.link_id, func.sum(ClickHour.humans), func.sum(ClickHour.bots))
    rows = session.execute(sums.where(ClickHour.link_id.in_(link_ids)).group_by(ClickHour.link_id))
    found = {link_id: Clicks(int(humans), int(bots)) for link_id, humans, bots in rows}
    return {link_id: found.get(link_id, Clicks()) for link_id in link_ids}


def series(session: Session, link_id: int, start: datetime, end: datetime, unit: Unit) -> Series:
    """Return the clicks in each hour or day from `start` until before `end`, the empty ones too."""
    start = floor(start, unit)
    steps = range(-(-(end - start) // STEP[unit]))
    sums = {start + STEP[unit] * index: Clicks() for index in steps}
    query = select(ClickHour.hour, ClickHour.humans, ClickHour.bots).where(ClickHour.link_id == link_id)
    for hour, humans, bots in session.execute(query.where(ClickHour.hour >= start, ClickHour.hour < end)):
        before = sums[floor(hour, unit)]
        sums[floor(hour, unit)] = Clicks(before.humans + humans, before.bots + bots)
    return list(sums.items())


def referrers(session: Session, link_id: int, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Return the hosts that most people came from, with their clicks, the busiest first."""
    clicks = func.sum(ReferrerDay.clicks)
    query = select(ReferrerDay.host, clicks).where(ReferrerDay.link_id == link_id)
    query = query.where(ReferrerDay.day >= start.date(), ReferrerDay.day <= end.date())
    rows = session.execute(query.group_by(ReferrerDay.host).order_by(clicks.desc()).limit(TOP_REFERRERS))
    return [(host, int(count)) for host, count in rows]
