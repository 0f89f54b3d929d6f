"""Signing in to pages with an API token. The session holds the token's id and digest, not its secret."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response

from web.access import public, state_access
from web.db import database
from web.tokens import InvalidTokenError, authenticate, recall

Page = str | Response

blueprint = Blueprint("sessions", __name__, url_prefix="/-")


def signed_in(view: Callable[..., Page]) -> Callable[..., Page]:
    """Let in whoever has signed in with a token that still works; a POST needs the scope `write`.

    The view finds the token in `g.token`. Others are sent to sign in, and come back afterwards.
    """

    @wraps(view)
    def call(**arguments: Any) -> Page:
        try:
            g.token = recall(database(), session.get("token", ""))
        except InvalidTokenError:
            session.clear()
            session["wanted"] = request.path
            return redirect(url_for("sessions.sign_in"))
        if request.method == "POST" and not g.token.may("write"):
            raise Forbidden("Your token may only read.")
        return view(**arguments)

    return state_access(call, "session")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Page:
    """Open a session for the holder of a token."""
    if request.method == "POST":
        try:
            token = authenticate(database(), request.form.get("token", "").strip())
        except InvalidTokenError as error:
            flash(f"That did not work: {error}.", "error")
        else:
            # A path of ours in any case: `signed_in` wrote it, or the application that names its home.
            wanted = session.get("wanted", current_app.config["SIGNED_IN_HOME"])
            session.clear()
            session["token"] = f"{token.id}.{token.digest}"
            return redirect(wanted)
    return render_template("sign_in.html")


@blueprint.post("/sign-out")
@public
def sign_out() -> Page:
    """End the session."""
    session.clear()
    return redirect(url_for("sessions.sign_in"))


def init_app(app: Flask) -> None:
    app.config["SIGNED_IN_HOME"] = "/"
    app.register_blueprint(blueprint)
