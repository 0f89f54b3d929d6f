"""Three questions, three addresses: am I alive, may I serve, which version am I."""

from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from web.access import public
from web.config import Settings
from web.db import database
from web.schema.history import history
from web.schema.own_tables import read_revision, suits_code

MIGRATIONS = Path(__file__).parent.parent / "migrations"

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
@public
def livez() -> Response:
    """Answer without any I/O: a process that answers is alive, whatever the database does."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Answer 200 when the database is reachable and its schema is one that this code runs on.

    That is the revision it was written for, or a newer one whose migrations noted that they suit it.
    """
    wanted = history().head
    try:
        with database().probe.connect() as connection:
            found = read_revision(connection)
            suits = found == wanted or (found is not None and suits_code(connection, found, wanted))
    except SQLAlchemyError as error:
        current_app.logger.warning("not ready: %s", error)
        return jsonify(ready=False, reason="the database does not answer"), 503
    if not suits:
        reason = f"the schema is at revision {found}, this code needs {wanted}"
        return jsonify(ready=False, reason=reason), 503
    return jsonify(ready=True, revision=found), 200


@blueprint.get("/version")
@public
def version() -> Response:
    return jsonify(version=current_app.config["VERSION"])


def init_app(app: Flask, settings: Settings) -> None:
    app.config["VERSION"] = settings.version
    app.register_blueprint(blueprint)
