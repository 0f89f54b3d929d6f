"""The sample's tables. All times are in UTC."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.dialects.mysql import CHAR, INTEGER, VARCHAR
from sqlalchemy.orm import Mapped, mapped_column

from web.db import Base
from web.links.slugs import SLUG_MAX

TARGET_MAX = 2048
NOTE_MAX = 200
HOST_MAX = 100

Count = INTEGER(unsigned=True)


class Link(Base):
    """A slug and where it leads. A link is never deleted, so that its slug is never given again."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(VARCHAR(SLUG_MAX, charset="ascii", collation="ascii_bin"), unique=True)
    target: Mapped[str] = mapped_column(VARCHAR(TARGET_MAX, charset="ascii", collation="ascii_bin"))
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
    """How many people came from a host on one day; beyond the busiest hosts, from "other"."""

    __tablename__ = "referrer_day"

    link_id: Mapped[int] = mapped_column(ForeignKey("link.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(
        VARCHAR(HOST_MAX, charset="ascii", collation="ascii_bin"), primary_key=True
    )
    clicks: Mapped[int] = mapped_column(Count)


class LogCursor(Base):
    """How far one ledger file was read. It moves in the transaction that stores what was read.

    A file is known by the digest of its first line, which holds a time in milliseconds and a
    connection's number: inodes are given again, and device numbers change when a host restarts.
    """

    __tablename__ = "log_cursor"

    file: Mapped[str] = mapped_column(CHAR(64, charset="ascii", collation="ascii_bin"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int] = mapped_column(BigInteger)
    clicks: Mapped[int] = mapped_column(BigInteger)
    # Clicks on links that are not stored (any more); they are in no sum.
    strays: Mapped[int] = mapped_column(BigInteger)
