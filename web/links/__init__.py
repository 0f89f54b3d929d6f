"""THE SAMPLE: a link shortener that counts clicks from Nginx's ledger; `./demijohn bare` removes it."""

from flask import Flask

from web.config import Settings
from web.links import api, commands, pages, redirects
from web.links.errors import register_problems
from web.worker import register_job


def init_app(app: Flask, settings: Settings) -> None:
    app.config["OWN_HOSTS"] = frozenset(settings.server_names)
    app.config["SIGNED_IN_HOME"] = "/-/links"
    register_problems(app)
    for module in (api, pages, redirects):
        app.register_blueprint(module.blueprint)
    commands.init_app(app)
    if settings.ledger_dir:
        register_job(app, "clicks", lambda: commands.ledger().read_on().more)
