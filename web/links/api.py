"""The API under /api/links. Each operation is a declaration over a few lines."""

from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, current_app, request

from web.api import Answer, current_token, operation
from web.db import database, utc_now
from web.links import errors, exchange, registry, statistics
from web.links.shapes import (
    ClicksOutput,
    ClicksQuery,
    ImportOutput,
    LinkChange,
    LinkList,
    LinkOutput,
    LinkQuery,
    NewLink,
    ReferrerOutput,
    SpanOutput,
)

CSV = "text/csv"
SPAN_MAX = timedelta(days=366)
UNKNOWN = (errors.UnknownLinkError,)
CHANGE = (*UNKNOWN, errors.InvalidTargetError, errors.InvalidExpiryError)
CREATE = (errors.SlugTakenError, errors.InvalidSlugError, *CHANGE[1:])
IMPORT = (errors.InvalidFileError, errors.SlugTakenError)

blueprint = Blueprint("links", __name__, url_prefix="/api")


@blueprint.post("/links")
@operation("Shorten a target", access="write", body=NewLink, answer=LinkOutput, status=201, problems=CREATE)
def create_link(body: NewLink) -> Answer:
    token_id, own_hosts = current_token().id, current_app.config["OWN_HOSTS"]
    link = database().write(lambda s: registry.shorten(s, body, own_hosts, token_id))
    return LinkOutput.of(link), {"Location": f"/api/links/{link.slug}"}


@blueprint.get("/links")
@operation("List links", access="read", query=LinkQuery, answer=LinkList, problems=UNKNOWN)
def list_links(query: LinkQuery) -> Answer:
    with database().read() as session:
        links = registry.find_links(session, query.q, query.after, query.limit + 1)
        totals = statistics.totals(session, [link.id for link in links])
    items = [LinkOutput.of(link, totals[link.id]) for link in links[: query.limit]]
    return LinkList(items=items, next=items[-1].slug if len(links) > len(items) else None)


@blueprint.get("/links/<slug>")
@operation("Show a link", access="read", answer=LinkOutput, problems=UNKNOWN)
def show_link(slug: str) -> Answer:
    with database().read() as session:
        link = registry.get_link(session, slug)
        return LinkOutput.of(link, statistics.totals(session, [link.id])[link.id])


@blueprint.patch("/links/<slug>")
@operation("Change a link", access="write", body=LinkChange, answer=LinkOutput, problems=CHANGE)
def change_link(slug: str, body: LinkChange) -> Answer:
    changes, own_hosts = body.model_dump(exclude_unset=True), current_app.config["OWN_HOSTS"]
    link = database().write(lambda session: registry.change(session, slug, changes, own_hosts))
    with database().read() as session:
        return LinkOutput.of(link, statistics.totals(session, [link.id])[link.id])


@blueprint.delete("/links/<slug>")
@operation("Retire a link", access="write", status=204, problems=UNKNOWN)
def retire_link(slug: str) -> Answer:
    database().write(lambda session: registry.retire(session, slug))
    return None


@blueprint.get("/links/<slug>/clicks")
@operation("Show clicks over time", access="read", query=ClicksQuery, answer=ClicksOutput, problems=UNKNOWN)
def show_clicks(slug: str, query: ClicksQuery) -> Answer:
    start, end = span(query)
    with database().read() as session:
        link = registry.get_link(session, slug)
        total = statistics.totals(session, [link.id])[link.id]
        series = statistics.series(session, link.id, start, end, query.unit)
        referrers = statistics.referrers(session, link.id, start, end)
    return ClicksOutput(
        **total._asdict(),
        series=[SpanOutput(start=moment, **clicks._asdict()) for moment, clicks in series],
        referrers=[ReferrerOutput(host=host, clicks=clicks) for host, clicks in referrers],
    )


@blueprint.get("/links.csv")
@operation("Export links as CSV", access="read", answer_type=CSV)
def export_links() -> Answer:
    with database().read() as session:
        content = exchange.export_links(session)
    return Response(content, mimetype=CSV, headers={"Content-Disposition": "attachment; filename=links.csv"})


@blueprint.post("/links.csv")
@operation("Import links from CSV", access="write", body_type=CSV, answer=ImportOutput, problems=IMPORT)
def import_links() -> Answer:
    if request.mimetype != CSV:
        abort(415, f"Send {CSV}, not {request.mimetype or 'an unnamed type'}")
    try:
        content = request.get_data(cache=False).decode()
    except UnicodeDecodeError as error:
        raise errors.InvalidFileError(f"the file is not UTF-8: {error}") from error
    token_id, own_hosts = current_token().id, current_app.config["OWN_HOSTS"]
    created, skipped = database().write(lambda s: exchange.import_links(s, content, own_hosts, token_id))
    return ImportOutput(created=created, skipped=skipped)


def span(query: ClicksQuery) -> tuple[datetime, datetime]:
    """Given a query, return its start and end: by default, the last 30 days or 48 hours."""
    end = query.until or utc_now() + timedelta(seconds=1)
    start = query.since or end - timedelta(days=30 if query.unit == "day" else 2)
    if not timedelta(0) < end - start <= SPAN_MAX:
        abort(422, f"`from` must be before `to`, by at most {SPAN_MAX.days} days")
    return start, end
