"""The front page."""

from flask import Blueprint, Flask, Response, current_app, render_template

from web.access import public
from web.config import Settings

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@public
def index() -> str:
    return render_template("index.html", message=current_app.config["MESSAGE"])


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /-/\nDisallow: /api/\n", mimetype="text/plain")


def init_app(app: Flask, settings: Settings) -> None:
    app.config["MESSAGE"] = settings.message
    app.register_blueprint(blueprint)
