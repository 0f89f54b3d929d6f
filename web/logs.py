"""Logging: one JSON object a line on stderr, with the request id that Nginx gave the request."""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import Flask, has_request_context, request

from web.config import Settings

REQUEST_ID_HEADER = "X-Request-ID"


def request_id() -> str | None:
    """Return the id of the request at hand, as Nginx logged it, or None outside a request."""
    return request.headers.get(REQUEST_ID_HEADER) if has_request_context() else None


class JsonFormatter(logging.Formatter):
    """Write a record as one line of JSON; json.dumps escapes line breaks, so no line can be forged."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identity := request_id():
            entry["request_id"] = identity
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


class PlainFormatter(logging.Formatter):
    """What a developer reads in a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")


def init_app(app: Flask, settings: Settings) -> None:
    """Send every logger's records to stderr, in the form that suits the environment."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter() if settings.development else JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    app.logger.handlers.clear()
