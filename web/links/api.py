"""The API under /api/links. Each operation is a declaration over a few lines."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from flask import Blueprint, Response, abort, current_app, request
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from web.api import Answer, Input, current_token, operation
from web.db import database
from web.links import exchange, registry, statistics
from web.links.errors import (
    InvalidExpiryError,
    InvalidFileError,
    InvalidSlugError,
    InvalidTargetError,
    SlugTakenError,
    UnknownLinkError,
)
from web.links.models import NOTE_MAX, Link
from web.tokens import utc_now

CSV = "text/csv"
SPAN_MAX = timedelta(days=366)

blueprint = Blueprint("links", __name__, url_prefix="/api/links")


def printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("a note holds no control characters or line breaks")
    return text


Note = Annotated[str, Field(max_length=NOTE_MAX), AfterValidator(printable)]


class NewLink(Input):
    target: str
    slug: str | None = None
    note: Note = ""
    expires_at: AwareDatetime | None = None


class LinkChange(Input):
    target: str | None = None
    note: Note | None = None
    expires_at: AwareDatetime | None = None


class LinkQuery(Input):
    q: str = Field("", max_length=200)
    after: str | None = Field(None, max_length=64)
    limit: int = Field(50, ge=1, le=200)


class ClicksQuery(Input):
    since: AwareDatetime | None = Field(None, alias="from")
    until: AwareDatetime | None = Field(None, alias="to")
    unit: statistics.Unit = "day"


class LinkOutput(BaseModel):
    slug: str
    target: str
    note: str
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    retired_at: AwareDatetime | None
    humans: int
    bots: int


class LinkList(BaseModel):
    items: list[LinkOutput]
    next: str | None


class ClicksInSpan(BaseModel):
    start: AwareDatetime
    humans: int
    bots: int


class Referrer(BaseModel):
    host: str
    clicks: int


class LinkClicks(BaseModel):
    humans: int
    bots: int
    series: list[ClicksInSpan]
    referrers: list[Referrer]


class ImportResult(BaseModel):
    created: int
    skipped: int


@blueprint.post("")
@operation(
    "Shorten a target",
    access="write",
    body=NewLink,
    answer=LinkOutput,
    status=201,
    problems=(SlugTakenError, InvalidSlugError, InvalidTargetError, InvalidExpiryError),
)
def create_link(body: NewLink) -> Answer:
    draft = registry.Draft(body.target, body.slug, body.note, body.expires_at)
    token_id, own_hosts = current_token().id, current_app.config["OWN_HOSTS"]
    link = database().write(lambda s: registry.shorten(s, draft, own_hosts, token_id))
    return output(link), {"Location": f"/api/links/{link.slug}"}


@blueprint.get("")
@operation("List links", access="read", query=LinkQuery, answer=LinkList, problems=(UnknownLinkError,))
def list_links(query: LinkQuery) -> Answer:
    with database().read() as session:
        links = registry.find_links(session, query.q, query.after, query.limit + 1)
        shown = links[: query.limit]
        totals = statistics.totals(session, [link.id for link in shown])
    more = shown[-1].slug if len(links) > len(shown) else None
    return LinkList(items=[output(link, totals.get(link.id)) for link in shown], next=more)


@blueprint.get("/<slug>")
@operation("Show a link", access="read", answer=LinkOutput, problems=(UnknownLinkError,))
def show_link(slug: str) -> Answer:
    with database().read() as session:
        link = registry.get_link(session, slug)
        return output(link, statistics.totals(session, [link.id]).get(link.id))


@blueprint.patch("/<slug>")
@operation(
    "Change a link",
    access="write",
    body=LinkChange,
    answer=LinkOutput,
    problems=(UnknownLinkError, InvalidTargetError, InvalidExpiryError),
)
def change_link(slug: str, body: LinkChange) -> Answer:
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    own_hosts = current_app.config["OWN_HOSTS"]
    link = database().write(lambda s: registry.change(s, slug, changes, own_hosts))
    with database().read() as session:
        return output(link, statistics.totals(session, [link.id]).get(link.id))


@blueprint.delete("/<slug>")
@operation("Retire a link", access="write", status=204, problems=(UnknownLinkError,))
def retire_link(slug: str) -> Answer:
    database().write(lambda session: registry.retire(session, slug))
    return None


@blueprint.get("/<slug>/clicks")
@operation(
    "Show a link's clicks over time",
    access="read",
    query=ClicksQuery,
    answer=LinkClicks,
    problems=(UnknownLinkError,),
)
def show_clicks(slug: str, query: ClicksQuery) -> Answer:
    start, end = span(query)
    with database().read() as session:
        link = registry.get_link(session, slug)
        total = statistics.totals(session, [link.id]).get(link.id, statistics.Clicks(0, 0))
        series = statistics.series(session, link.id, start, end, query.unit)
        referrers = statistics.referrers(session, link.id, start, end)
    return LinkClicks(
        humans=total.humans,
        bots=total.bots,
        series=[ClicksInSpan(start=aware(c.start or start), humans=c.humans, bots=c.bots) for c in series],
        referrers=[Referrer(host=host, clicks=clicks) for host, clicks in referrers],
    )


@blueprint.get(".csv")
@operation("Export links as CSV", access="read", answer_type=CSV)
def export_links() -> Answer:
    with database().read() as session:
        content = exchange.export_links(session)
    headers = {"Content-Disposition": 'attachment; filename="links.csv"'}
    return Response(content, mimetype=CSV, headers=headers)


@blueprint.post(".csv")
@operation(
    "Import links from CSV",
    access="write",
    answer=ImportResult,
    body_type=CSV,
    problems=(InvalidFileError, SlugTakenError),
)
def import_links() -> Answer:
    if request.mimetype != CSV:
        abort(415, f"Send {CSV}, not {request.mimetype or 'an unnamed type'}")
    try:
        content = request.get_data(cache=False).decode()
    except UnicodeDecodeError as error:
        raise InvalidFileError(f"the file is not UTF-8: {error}") from error
    token_id, own_hosts = current_token().id, current_app.config["OWN_HOSTS"]
    created, skipped = database().write(
        lambda session: exchange.import_links(session, content, own_hosts, token_id)
    )
    return ImportResult(created=created, skipped=skipped)


def span(query: ClicksQuery) -> tuple[datetime, datetime]:
    """Given a query, return its start and end in UTC: by default, the last 30 days or 48 hours."""
    days = 30 if query.unit == "day" else 2
    end = naive(query.until) if query.until else utc_now() + timedelta(seconds=1)
    start = naive(query.since) if query.since else end - timedelta(days=days)
    if not timedelta(0) < end - start <= SPAN_MAX:
        abort(422, f"`from` must be before `to`, by at most {SPAN_MAX.days} days")
    return start, end


def output(link: Link, clicks: statistics.Clicks | None = None) -> LinkOutput:
    return LinkOutput(
        slug=link.slug,
        target=link.target,
        note=link.note,
        created_at=aware(link.created_at),
        expires_at=aware(link.expires_at) if link.expires_at else None,
        retired_at=aware(link.retired_at) if link.retired_at else None,
        humans=clicks.humans if clicks else 0,
        bots=clicks.bots if clicks else 0,
    )


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def naive(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        abort(422, "the time is out of range")
