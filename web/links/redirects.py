"""Following a link: the one page that Nginx keeps, so it says for how long."""

from datetime import datetime

from flask import Blueprint, Response

from web.access import public
from web.db import database, utc_now
from web.errors import problem_of, problem_page
from web.links.errors import GoneLinkError, UnknownLinkError
from web.links.registry import follow

# Seconds that Nginx may answer from its cache: unasked; while it asks anew; when nobody answers.
FRESH = 10
WHILE_ASKING = 30
ON_ERROR = 3600

blueprint = Blueprint("redirects", __name__)


@blueprint.get("/<slug>")
@public
def redirect(slug: str) -> Response:
    """Send the visitor on. Nginx logs the answer, and the worker counts the log's lines."""
    try:
        with database().read() as session:
            target, expires_at = follow(session, slug)
    except (UnknownLinkError, GoneLinkError) as error:
        response = problem_page(problem_of(type(error)), str(error))
        response.headers["Cache-Control"] = "max-age=1"
        return response
    response = Response(status=302)
    response.headers["Location"] = target
    response.headers["Cache-Control"] = cache_control(expires_at, utc_now())
    return response


def cache_control(expires_at: datetime | None, now: datetime) -> str:
    """Return the header for Nginx; nothing may be answered from the cache after the expiry."""
    left = int((expires_at - now).total_seconds()) if expires_at else ON_ERROR + FRESH
    fresh = min(FRESH, left)
    stale = max(left - fresh, 0)
    return (
        f"max-age={fresh}, stale-while-revalidate={min(WHILE_ASKING, stale)}, "
        f"stale-if-error={min(ON_ERROR, stale)}"
    )
