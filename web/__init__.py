"""The Flask application. `create_app` only wires; each part stands in the module of its name."""

import os
import pkgutil
from collections.abc import Mapping
from importlib import import_module

from flask import Flask
from flask_migrate import Migrate
from werkzeug.debug import DebuggedApplication

from web import api, assets, commands, db, errors, health, logs, openapi, pages, security, sessions, worker
from web.config import Settings, load_settings


def create_app(environ: Mapping[str, str] = os.environ) -> Flask:
    """Given an environment, return the application; raises SettingsError with all problems."""
    settings = load_settings(environ)
    app = Flask(__name__, static_folder=None)
    logs.init_app(app, settings)
    security.init_app(app, settings)
    errors.init_app(app)
    db.init_app(app, settings)
    Migrate(directory=str(health.MIGRATIONS)).init_app(app)  # the models are named in migrations/env.py
    assets.init_app(app, fresh=settings.development)
    health.init_app(app, settings)
    pages.init_app(app, settings)
    api.init_app(app)
    openapi.init_app(app, title="Demijohn")
    sessions.init_app(app)
    worker.init_app(app)
    commands.init_app(app, settings)
    init_features(app, settings)
    if settings.development:
        app.debug = True
        app.wsgi_app = DebuggedApplication(app.wsgi_app, evalex=True)  # type: ignore[method-assign]
    return app


def init_features(app: Flask, settings: Settings) -> None:
    """Wire every feature: a package below `web` is one, and says so by its `init_app`."""
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            import_module(f"{__name__}.{module.name}").init_app(app, settings)
