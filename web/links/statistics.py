"""What the sums tell of a link: totals, a time line, and where people came from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from web.links.models import ClickHour, ReferrerDay

Unit = Literal["hour", "day"]
STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
TOP_REFERRERS = 20


@dataclass(frozen=True)
class Clicks:
    """Clicks in one span of time, or in all; `start` is None for all."""

    humans: int
    bots: int
    start: datetime | None = None


def floor(moment: datetime, unit: Unit) -> datetime:
    """Return the beginning of the hour or day that holds the moment."""
    hour = moment.hour if unit == "hour" else 0
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)


def totals(session: Session, link_ids: Collection[int]) -> dict[int, Clicks]:
    """Return the total clicks of each link; links never followed are left out."""
    humans, bots = func.sum(ClickHour.humans), func.sum(ClickHour.bots)
    rows = session.execute(
        select(ClickHour.link_id, humans, bots)
        .where(ClickHour.link_id.in_(link_ids))
        .group_by(ClickHour.link_id)
    )
    return {link_id: Clicks(int(h), int(b)) for link_id, h, b in rows}


def series(session: Session, link_id: int, start: datetime, end: datetime, unit: Unit) -> list[Clicks]:
    """Return the clicks in each hour or day from `start` until before `end`, the empty ones too."""
    start = floor(start, unit)
    rows = session.execute(
        select(ClickHour.hour, ClickHour.humans, ClickHour.bots).where(
            ClickHour.link_id == link_id, ClickHour.hour >= start, ClickHour.hour < end
        )
    )
    sums: dict[datetime, tuple[int, int]] = {}
    for hour, humans, bots in rows:
        key = floor(hour, unit)
        before = sums.get(key, (0, 0))
        sums[key] = (before[0] + humans, before[1] + bots)
    steps = -(-(end - start) // STEP[unit])
    moments = [start + STEP[unit] * index for index in range(steps)]
    return [Clicks(*sums.get(moment, (0, 0)), start=moment) for moment in moments]


def referrers(session: Session, link_id: int, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Return the hosts that most people came from, with their clicks, the busiest first."""
    clicks = func.sum(ReferrerDay.clicks)
    rows = session.execute(
        select(ReferrerDay.host, clicks)
        .where(ReferrerDay.link_id == link_id)
        .where(ReferrerDay.day >= start.date(), ReferrerDay.day <= end.date())
        .group_by(ReferrerDay.host)
        .order_by(clicks.desc(), ReferrerDay.host)
        .limit(TOP_REFERRERS)
    )
    return [(host, int(count)) for host, count in rows]
