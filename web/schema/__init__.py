"""The schema and the code change at different moments: here is what keeps them suited to each other."""

from flask import Flask

from web.config import Settings
from web.schema import commands


def init_app(app: Flask, settings: Settings) -> None:
    commands.init_app(app)
