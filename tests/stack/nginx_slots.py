"""Two slots on unix sockets that answer what a test tells them, and remember what they were asked."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer


@dataclass(frozen=True)
class Seen:
    """A request as it arrived at the slot with that name."""

    slot: str
    method: str
    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Application:
    """What both slots serve. `answer` may be replaced at any time; `seen` grows with each request."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.answer: Callable[[Seen], Answer] = lambda seen: Answer(body=seen.slot.encode())
        self.seen: list[Seen] = []
        self.slots: dict[str, Slot] = {}
        for name in "ab":
            self.open(name)

    def open(self, name: str) -> None:
        slot = Slot(self, name)
        self.slots[name] = slot
        threading.Thread(target=slot.serve_forever, args=(0.02,), daemon=True).start()

    def close(self, *names: str) -> None:
        """Take the slots of these names away, or all of them."""
        for name in names or tuple(self.slots):
            slot = self.slots.pop(name)
            (self.directory / f"{name}.sock").unlink()
            slot.shutdown()
            slot.server_close()


class Slot(ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, application: Application, name: str) -> None:
        self.application, self.name = application, name
        path = application.directory / f"{name}.sock"
        super().__init__(str(path), Handler)
        path.chmod(0o666)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no error here."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Slot

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        seen = Seen(self.server.name, self.command, self.path, self.headers, body)
        self.server.application.seen.append(seen)
        answer = self.server.application.answer(seen)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(answer.body if self.command != "HEAD" else b"")

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Tests read `seen` instead."""
