"""The pages to create, find, read and retire links, for people signed in with a token."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from pydantic import ValidationError

from web.db import database, utc_now
from web.inputs import invalid_input
from web.links import registry, statistics
from web.links.errors import LinkError
from web.links.shapes import LinkChange, NewLink
from web.links.timeline import draw
from web.sessions import Page, signed_in

PAGE_SIZE = 25
DAYS = 30

blueprint = Blueprint("link_pages", __name__, url_prefix="/-/links", template_folder="templates")


@blueprint.get("")
@signed_in
def overview() -> Page:
    """Show the newest links, or those that hold the text looked for."""
    text, after = request.args.get("q", "").strip()[:200], request.args.get("after")
    with database().read() as session:
        links = registry.find_links(session, text, after, PAGE_SIZE + 1)
        totals = statistics.totals(session, [link.id for link in links])
    shown = {"links": links[:PAGE_SIZE], "totals": totals, "text": text}
    next_page = links[PAGE_SIZE - 1].slug if len(links) > PAGE_SIZE else None
    return render_template("links/overview.html", **shown, now=utc_now(), next=next_page)


@blueprint.post("")
@signed_in
def create() -> Page:
    with faults_as_notices():
        form = NewLink.model_validate(form_values())
        own_hosts, token_id = current_app.config["OWN_HOSTS"], g.token.id
        link = database().write(lambda s: registry.shorten(s, form, own_hosts, token_id))
        flash(f"Made: {link.slug}")
        return redirect(url_for("link_pages.detail", slug=link.slug))
    return redirect(url_for("link_pages.overview"))


@blueprint.get("/<slug>")
@signed_in
def detail(slug: str) -> Page:
    """Show one link with its clicks of the last days."""
    end = utc_now() + timedelta(seconds=1)
    start = end - timedelta(days=DAYS - 1)
    with database().read() as session:
        link = registry.get_link(session, slug)
        total = statistics.totals(session, [link.id])[link.id]
        timeline = draw(statistics.series(session, link.id, start, end, "day"))
        referrers = statistics.referrers(session, link.id, start, end)
    shown = {"link": link, "total": total, "timeline": timeline, "referrers": referrers}
    return render_template("links/detail.html", **shown, now=utc_now(), days=DAYS)


@blueprint.post("/<slug>")
@signed_in
def change(slug: str) -> Page:
    with faults_as_notices():
        changes = LinkChange.model_validate({"note": "", **form_values()}).model_dump(exclude_unset=True)
        database().write(lambda s: registry.change(s, slug, changes, current_app.config["OWN_HOSTS"]))
        flash("Saved. Visitors follow it within ten seconds.")
    return redirect(url_for("link_pages.detail", slug=slug))


@blueprint.post("/<slug>/retire")
@signed_in
def retire(slug: str) -> Page:
    database().write(lambda s: registry.retire(s, slug))
    flash(f"{slug} is retired; its slug stays taken.")
    return redirect(url_for("link_pages.detail", slug=slug))


def form_values() -> dict[str, str]:
    """Return the form's filled-in fields; a time without a zone is in UTC, as its label says."""
    values = {name: value for name, value in request.form.items() if value and name != "csrf_token"}
    if "expires_at" in values:
        values["expires_at"] += "Z"
    return values


@contextmanager
def faults_as_notices() -> Iterator[None]:
    """Show what is wrong with a form as a notice on the next page."""
    try:
        yield
    except ValidationError as error:
        flash(str(invalid_input(error)), "error")
    except LinkError as error:
        flash(str(error), "error")
