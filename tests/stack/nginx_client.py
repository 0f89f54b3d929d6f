"""A client that sees exactly what Nginx answers: no redirect followed, no header joined."""

import contextlib
import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """What a client got; `headers` keeps repeated ones."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> dict[str, object]:
        decoded: dict[str, object] = json.loads(self.body)
        return decoded


class Client:
    """Talks to 127.0.0.1 at `port`."""

    port: int

    def ask(
        self,
        path: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        """Send one request on a connection of its own; redirects are not followed."""
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def talk(self, text: bytes) -> bytes:
        """Send raw bytes and return all that comes back until Nginx closes or resets."""
        answer = b""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=30) as client,
            contextlib.suppress(ConnectionResetError),
        ):
            client.sendall(text)
            while chunk := client.recv(65536):
                answer += chunk
        return answer
