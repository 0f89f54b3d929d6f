"""The plain HTTP client with which a run prepares its data and asks for the account at its end.

It is not part of the load, so it opens a connection for each call and knows no retries.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gevent.pool import Pool  # type: ignore[import-untyped]

from loadtests.errors import LoadError, TargetError, TokenError

TIMEOUT = 10.0  # seconds
AT_ONCE = 8


@dataclass(frozen=True)
class Reply:
    """The answer to one call; `body` is the decoded JSON, or None where there was none."""

    status: int
    body: Any


class Api:
    """The target at `host` (a base URL), spoken to with `token` where there is one."""

    def __init__(self, host: str, token: str | None) -> None:
        self.host = host
        self.authorization = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, body: Any = None) -> Reply:
        """Send `body` as JSON and return the reply, whatever its status. Raises TargetError."""
        connection = self._connect()
        headers = {"Accept": "application/json", "Connection": "close", **self.authorization}
        payload = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            payload = json.dumps(body)
        try:
            connection.request(method, path, payload, headers)
            response = connection.getresponse()
            return Reply(response.status, decode(response.read()))
        except (OSError, HTTPException) as error:
            raise TargetError(
                f"{self.host} does not answer ({method} {path}: {error or type(error).__name__}). "
                "Start the stack, or give another --host."
            ) from None
        finally:
            connection.close()

    def demand(self, method: str, path: str, status: int, body: Any = None) -> Any:
        """Do as `call`, and return the body; raise TargetError when the status is not `status`."""
        reply = self.call(method, path, body)
        if reply.status in {401, 403}:
            raise TargetError(
                f"{self.host} refused the token ({method} {path}: {reply.status}). "
                "Put one that may write into LOAD_TOKEN, or its file's name into LOAD_TOKEN_FILE."
            )
        if reply.status != status:
            raise TargetError(
                f"{self.host} answered {reply.status} instead of {status} to {method} {path}: {reply.body}"
            )
        return reply.body

    def _connect(self) -> HTTPConnection:
        parts = urlsplit(self.host)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=TIMEOUT)


def do_at_once(act: Callable[[Any], object], items: Iterable[Any]) -> None:
    """Call `act` with each of `items`, a few at a time. Raises the first LoadError."""

    def attempt(item: Any) -> LoadError | None:
        try:
            act(item)
        except LoadError as error:
            return error
        return None

    pool = Pool(AT_ONCE)
    for error in pool.imap_unordered(attempt, items):
        if error:
            pool.kill()
            raise error


def decode(payload: bytes) -> Any:
    """Return the JSON in `payload`, or None when it is none."""
    try:
        return json.loads(payload)
    except ValueError:
        return None


def read_token(environment: Mapping[str, str]) -> str | None:
    """Return the API token from LOAD_TOKEN or the file LOAD_TOKEN_FILE, None without either.

    It never comes as an argument: those are seen by everybody on the machine. Raises TokenError.
    """
    name = environment.get("LOAD_TOKEN_FILE")
    if name and environment.get("LOAD_TOKEN"):
        raise TokenError("LOAD_TOKEN and LOAD_TOKEN_FILE are both set. Keep one of them.")
    if not name:
        return environment.get("LOAD_TOKEN") or None
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(f"LOAD_TOKEN_FILE cannot be read: {error}.") from None
