"""A tiny target that knows just what the scenarios ask for, and can be told to answer wrongly or slowly.

`python -m tests.measuring.target` serves one in a process of its own; `serve_apart` starts that.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from threading import Lock
from typing import Any

TOKEN = "test.token"
ROOT = Path(__file__).resolve().parents[2]


class Target(ThreadingHTTPServer):
    """An HTTP server on a free port of loopback; `fault` names what it does wrongly."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, delays: Sequence[float] = (0.0,), log: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.fault = ""
        self.things: dict[str, dict[str, Any]] = {}
        self.lock = Lock()
        self.refused: list[str] = []
        self.delays = cycle(delays)
        self.log = log.open("a", buffering=1) if log else None

    @property
    def in_use(self) -> list[str]:
        return [slug for slug, thing in self.things.items() if thing["retired_at"] is None]


class Handler(BaseHTTPRequestHandler):
    server: Target
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *_: object) -> None:
        pass

    def reply(self, status: int, body: Any = None, **headers: str) -> None:
        payload = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content_Type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/":
            began = time.perf_counter()
            with self.server.lock:
                delay = next(self.server.delays)
            if delay:
                time.sleep(delay)
            page = b"<html>cut" if self.server.fault == "page" else b"<html>Hello World!</html>"
            self.reply(200, page, Content_Type="text/html; charset=utf-8")
            self.wfile.flush()
            self.note_page(time.perf_counter() - began)
        elif path == "/version":
            self.reply(200, {"version": "1"})
        elif path.startswith("/api/"):
            self.describe(path)
        else:
            self.redirect(path[1:])

    def note_page(self, seconds: float) -> None:
        if self.server.log:
            with self.server.lock:
                self.server.log.write(f"{seconds}\n")

    def describe(self, path: str) -> None:
        if not self.allowed():
            return
        with self.server.lock:
            if path == "/api/links":
                self.reply(200, {"items": list(self.server.things.values()), "next": None})
            else:
                thing = dict(self.server.things[path.rpartition("/")[2]])
                if self.server.fault == "shape":
                    del thing["note"]
                self.reply(200, thing)

    def redirect(self, slug: str) -> None:
        with self.server.lock:
            thing = self.server.things.get(slug)
            if thing is None:
                return self.reply(404)
            if not (self.server.fault == "count" and slug.endswith("-1")):
                thing["humans"] += 1
            target = "https://elsewhere.example/" if self.server.fault == "location" else thing["target"]
            return self.reply(500 if self.server.fault == "status" else 302, Location=target)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.allowed():
            thing = {
                "expires_at": None,
                "created_at": "now",
                "retired_at": None,
                "humans": 0,
                "bots": 0,
            }
            with self.server.lock:
                self.server.things[body["slug"]] = thing | body
            self.reply(201, thing | body)

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.allowed():
            with self.server.lock:
                thing = self.server.things[self.path.rpartition("/")[2]]
                thing |= body
            self.reply(200, thing)

    def do_DELETE(self) -> None:
        if self.allowed():
            with self.server.lock:
                thing = self.server.things.get(self.path.rpartition("/")[2])
                if thing is not None:
                    thing["retired_at"] = "now"
            self.reply(404 if thing is None else 204)

    def allowed(self) -> bool:
        """Tell whether the caller may; answer and note the refusal when not."""
        if self.headers["Authorization"] == f"Bearer {TOKEN}":
            return True
        self.server.refused.append(self.path)
        self.reply(401, {"title": "no"})
        return False


@dataclass(frozen=True)
class Apart:
    """A target in a process of its own."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    def pages(self) -> list[float]:
        """The seconds that each answer with the front page took, as the target itself measured them."""
        return [float(line) for line in self.log.read_text().splitlines()]


@contextmanager
def serve_apart(folder: Path, *delays: float) -> Iterator[Apart]:
    """Serve a target whose front page takes `delays` seconds in turn; notes go to a file in `folder`."""
    log = folder / "pages"
    log.touch()
    command = [sys.executable, "-m", "tests.measuring.target", str(log), *map(str, delays)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Apart(process.stdout.readline().strip(), process, log)
        finally:
            process.kill()


def main(log: str, *delays: str) -> None:
    with Target([float(delay) for delay in delays] or [0.0], Path(log)) as target:
        sys.stdout.write(f"{target.url}\n")
        sys.stdout.flush()
        target.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
