"""The pages to create, find, read and retire links, for people signed in with a token."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from pydantic import AwareDatetime, TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from web.access import public, state_access
from web.db import database
from web.links import registry, statistics
from web.links.errors import LinkError
from web.links.models import NOTE_MAX, TARGET_MAX
from web.links.timeline import draw
from web.tokens import InvalidTokenError, Token, authenticate, recall, utc_now

PAGE_SIZE = 25
DAYS = 30

Page = str | Response

blueprint = Blueprint("pages_of_links", __name__, url_prefix="/-", template_folder="templates")


def signed_in(view: Callable[..., Page]) -> Callable[..., Page]:
    """Let in whoever has signed in with a token that still works; writing needs its scope."""

    @wraps(view)
    def call(**arguments: Any) -> Page:
        try:
            g.token = recall(database(), session.get("token", ""))
        except InvalidTokenError:
            session.clear()
            return redirect(url_for("pages_of_links.sign_in"))
        if request.method == "POST" and not g.token.may("write"):
            flash("Your token may only read.", "error")
            return redirect(url_for("pages_of_links.overview"))
        return view(**arguments)

    return state_access(call, "session")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    if request.method == "POST":
        try:
            token = authenticate(database(), request.form.get("token", "").strip())
        except InvalidTokenError as error:
            flash(f"That did not work: {error}.", "error")
        else:
            session.clear()
            session["token"] = f"{token.id}.{token.digest}"
            return redirect(url_for("pages_of_links.overview"))
    return render_template("links/sign_in.html")


@blueprint.post("/sign-out")
@public
def sign_out() -> Page:
    session.clear()
    return redirect(url_for("pages_of_links.sign_in"))


@blueprint.get("/links")
@signed_in
def overview() -> Page:
    """Show the newest links, or those that hold the text looked for."""
    text, after = request.args.get("q", "")[:200], request.args.get("after")
    with database().read() as reading:
        links = registry.find_links(reading, text, after, PAGE_SIZE + 1)
        totals = statistics.totals(reading, [link.id for link in links])
    return render_template(
        "links/overview.html",
        links=links[:PAGE_SIZE],
        totals=totals,
        none=statistics.Clicks(0, 0),
        now=utc_now(),
        text=text,
        next=links[PAGE_SIZE - 1].slug if len(links) > PAGE_SIZE else None,
        limits={"note": NOTE_MAX, "target": TARGET_MAX},
    )


@blueprint.post("/links")
@signed_in
def create() -> Page:
    form = request.form
    own_hosts, token_id = current_app.config["OWN_HOSTS"], cast(Token, g.token).id
    try:
        draft = registry.Draft(
            form.get("target", ""),
            form.get("slug", "").strip() or None,
            note_of(form.get("note", "")),
            moment_of(form.get("expires_at", "")),
        )
        link = database().write(lambda s: registry.shorten(s, draft, own_hosts, token_id))
    except (LinkError, ValueError) as error:
        return refuse(error, url_for("pages_of_links.overview"))
    flash(f"Made: {link.slug}", "success")
    return redirect(url_for("pages_of_links.detail", slug=link.slug))


@blueprint.get("/links/<slug>")
@signed_in
def detail(slug: str) -> Page:
    """Show one link with its clicks of the last days."""
    end = utc_now() + timedelta(seconds=1)
    start = end - timedelta(days=DAYS - 1)
    with database().read() as reading:
        link = registry.get_link(reading, slug)
        total = statistics.totals(reading, [link.id]).get(link.id, statistics.Clicks(0, 0))
        series = statistics.series(reading, link.id, start, end, "day")
        referrers = statistics.referrers(reading, link.id, start, end)
    return render_template(
        "links/detail.html",
        link=link,
        total=total,
        timeline=draw(series),
        referrers=referrers,
        now=utc_now(),
        days=DAYS,
        limits={"note": NOTE_MAX, "target": TARGET_MAX},
    )


@blueprint.post("/links/<slug>")
@signed_in
def change(slug: str) -> Page:
    form, own_hosts = request.form, current_app.config["OWN_HOSTS"]
    try:
        changes = {"target": form.get("target", ""), "note": note_of(form.get("note", ""))}
        database().write(lambda s: registry.change(s, slug, changes, own_hosts))
    except (LinkError, ValueError) as error:
        return refuse(error, url_for("pages_of_links.detail", slug=slug))
    flash("Saved. Visitors follow it within ten seconds.", "success")
    return redirect(url_for("pages_of_links.detail", slug=slug))


@blueprint.post("/links/<slug>/retire")
@signed_in
def retire(slug: str) -> Page:
    database().write(lambda s: registry.retire(s, slug))
    flash(f"{slug} is retired; its slug stays taken.", "success")
    return redirect(url_for("pages_of_links.detail", slug=slug))


def refuse(error: Exception, back: str) -> Response:
    """Say what is wrong on the page that the form was on."""
    flash(f"{str(error)[:1].upper()}{str(error)[1:]}.", "error")
    return redirect(back)


def note_of(text: str) -> str:
    """Return a form's note; raises ValueError when it is too long or not one printable line."""
    note = text.strip()
    if len(note) > NOTE_MAX or not note.isprintable():
        raise ValueError(f"a note is one line of at most {NOTE_MAX} characters")
    return note


def moment_of(text: str) -> datetime | None:
    """Return a form's time, which is in UTC; raises ValueError."""
    if not text:
        return None
    try:
        return TypeAdapter(AwareDatetime).validate_python(f"{text}Z")
    except ValidationError as error:
        raise ValueError(f"{text!r} is not a date and time") from error
