"""The sample's tables."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.mysql import INTEGER, VARCHAR
from sqlalchemy.orm import Mapped, mapped_column

from web.db import Base
from web.links.slugs import SLUG_MAX

TARGET_MAX = 2048
NOTE_MAX = 200
HOST_MAX = 100

ASCII = {"charset": "ascii", "collation": "ascii_bin"}
Count = INTEGER(unsigned=True)


class Link(Base):
    """A slug and where it leads. A link is never deleted, so that its slug is never given again."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(VARCHAR(SLUG_MAX, **ASCII), unique=True)
    target: Mapped[str] = mapped_column(VARCHAR(TARGET_MAX, **ASCII))
    note: Mapped[str] = mapped_column(String(NOTE_MAX))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    token_id: Mapped[int | None] = mapped_column(ForeignKey("token.id"))

    def is_gone(self, now: datetime) -> bool:
        return self.retired_at is not None or (self.expires_at is not None and self.expires_at <= now)


class ClickHour(Base):
    """How often a link was followed in one hour, people and bots apart."""

    __tablename__ = "click_hour"

    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    humans: Mapped[int] = mapped_column(Count)
    bots: Mapped[int] = mapped_column(Count)


class ReferrerDay(Base):
    """How many people came from a host on one day; beyond the day's first hosts, from "other"."""

    __tablename__ = "referrer_day"

    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(VARCHAR(HOST_MAX, **ASCII), primary_key=True)
    clicks: Mapped[int] = mapped_column(Count)
