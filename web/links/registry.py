"""The links: made, found, followed, changed and retired. Nothing here knows HTTP."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from web.db import utc_now
from web.ledger import LedgerCursor, new_cursor
from web.links.errors import GoneLinkError, InvalidExpiryError, SlugTakenError, UnknownLinkError
from web.links.models import ClickHour, Link, ReferrerDay
from web.links.shapes import NewLink
from web.links.slugs import check_slug, is_slug, random_slug
from web.links.targets import check_target

PURGED = "purged"
# Built once: every redirect that is not in the cache asks it.
DESTINATION = select(Link.target, Link.expires_at, Link.retired_at).where(Link.slug == bindparam("slug"))


def make_link(new: NewLink, own_hosts: Collection[str], token_id: int | None = None) -> Link:
    """Return the link that `new` describes, not stored yet.

    Raises InvalidSlugError, InvalidTargetError or InvalidExpiryError.
    """
    return Link(
        slug=check_slug(new.slug) if new.slug else random_slug(),
        target=check_target(new.target, own_hosts),
        note=new.note,
        created_at=utc_now(),
        expires_at=check_expiry(new.expires_at),
        token_id=token_id,
    )


def insert(session: Session, *links: Link) -> None:
    """Store new links; raises SlugTakenError. The unique index decides, also between two at once."""
    session.add_all(links)
    try:
        session.flush()
    except IntegrityError as error:
        taken = repr(links[0].slug) if len(links) == 1 else "of one of the links"
        raise SlugTakenError(f"the slug {taken} is taken; choose another") from error


def shorten(session: Session, new: NewLink, own_hosts: Collection[str], token_id: int | None = None) -> Link:
    """Make a link, store it and return it; raises what `make_link` and `insert` raise."""
    link = make_link(new, own_hosts, token_id)
    insert(session, link)
    return link


def check_expiry(moment: datetime | None) -> datetime | None:
    """Return the moment, or raise InvalidExpiryError when it has passed."""
    if moment and moment <= utc_now():
        raise InvalidExpiryError(f"the expiry {moment:%Y-%m-%d %H:%M:%S} is not in the future")
    return moment


def get_link(session: Session, slug: str) -> Link:
    """Return the link, retired or not; raises UnknownLinkError."""
    link = session.scalar(select(Link).where(Link.slug == slug)) if is_slug(slug) else None
    if link is None:
        raise UnknownLinkError(f"no link has the slug {slug!r}")
    return link


def follow(session: Session, slug: str) -> tuple[str, datetime | None]:
    """Return where the slug leads and when that ends; raises UnknownLinkError or GoneLinkError."""
    found = session.execute(DESTINATION, {"slug": slug}).one_or_none() if is_slug(slug) else None
    if found is None:
        raise UnknownLinkError("there is no link at this address")
    if found.retired_at or (found.expires_at and found.expires_at <= utc_now()):
        raise GoneLinkError("the link at this address was retired or has expired")
    return found.target, found.expires_at


def find_links(session: Session, text: str, after: str | None, limit: int) -> list[Link]:
    """Return links whose slug, target or note holds `text`, newest first, from behind `after` on.

    Raises UnknownLinkError when `after` names no link.
    """
    query = select(Link).order_by(Link.id.desc()).limit(limit)
    if text:
        # MariaDB refuses to compare other letters with a column that is pure ASCII.
        columns = [Link.note, Link.slug, Link.target] if text.isascii() else [Link.note]
        query = query.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
    if after:
        query = query.where(Link.id < get_link(session, after).id)
    return list(session.scalars(query))


def change(session: Session, slug: str, changes: Mapping[str, Any], own_hosts: Collection[str]) -> Link:
    """Change a link's target, note or expiry, whichever `changes` holds, and return it.

    An expiry of None takes the expiry away. Raises UnknownLinkError, InvalidTargetError or
    InvalidExpiryError.
    """
    link = get_link(session, slug)
    if changes.get("target") is not None:
        link.target = check_target(changes["target"], own_hosts)
    if changes.get("note") is not None:
        link.note = changes["note"]
    if "expires_at" in changes:
        link.expires_at = check_expiry(changes["expires_at"])
    return link


def retire(session: Session, slug: str) -> None:
    """End a link for good; its slug stays taken. Raises UnknownLinkError."""
    link = get_link(session, slug)
    link.retired_at = link.retired_at or utc_now()


def purge(session: Session, prefix: str) -> int:
    """Delete the retired links whose slug begins with `prefix`, free their slugs, return how many.

    Meant for what a test made. The ledger keeps its balance: a cursor of its own takes their clicks off.
    """
    retired = select(Link.id).where(Link.retired_at.is_not(None))
    ids = list(session.scalars(retired.where(Link.slug.startswith(prefix, autoescape=True))))
    of_these = ClickHour.link_id.in_(ids)
    clicks = session.scalar(select(func.sum(ClickHour.humans + ClickHour.bots)).where(of_these))
    session.execute(delete(ClickHour).where(of_these))
    session.execute(delete(ReferrerDay).where(ReferrerDay.link_id.in_(ids)))
    session.execute(delete(Link).where(Link.id.in_(ids)))
    purged = session.get(LedgerCursor, PURGED) or new_cursor(PURGED, PURGED)
    purged.events -= int(clicks or 0)
    session.add(purged)
    return len(ids)
