"""Three questions, three addresses: am I alive, may I serve, which version am I."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from web.access import public
from web.config import Settings
from web.db import database

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
    """Answer 200 when the database is reachable and at the revision this code was written for."""
    wanted = expected_revision()
    try:
        found = current_revision()
    except SQLAlchemyError as error:
        current_app.logger.warning("not ready: %s", error)
        return jsonify(ready=False, reason="the database does not answer"), 503
    if found != wanted:
        reason = f"the schema is at revision {found}, this code needs {wanted}"
        return jsonify(ready=False, reason=reason), 503
    return jsonify(ready=True, revision=found), 200


@blueprint.get("/version")
@public
def version() -> Response:
    return jsonify(version=current_app.config["VERSION"])


@cache
def expected_revision() -> str | None:
    """Return the newest revision among the migrations that stand beside this code."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def current_revision() -> str | None:
    """Return the revision the database is at; raises SQLAlchemyError when it does not answer."""
    with database().probe.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def init_app(app: Flask, settings: Settings) -> None:
    app.config["VERSION"] = settings.version
    app.register_blueprint(blueprint)
