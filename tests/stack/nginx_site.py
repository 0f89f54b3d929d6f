"""A real Nginx, started by nginx/entrypoint.sh, before two slots that a test scripts.

The slots are plain HTTP servers on a.sock and b.sock; what they answer is a function of the test's.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.ports import free_port
from tests.stack.nginx_client import Client
from tests.stack.nginx_slots import Application

ENTRYPOINT = Path(__file__).parents[2] / "nginx/entrypoint.sh"


@dataclass
class Site(Client):
    """One Nginx with its directories under `home`; `settings` go over the usual environment."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    application: Application = field(init=False)

    def __post_init__(self) -> None:
        for name in ("run", "static", "ledger", "nginx", "log"):
            (self.home / name).mkdir()
        self.port, self.tls_port = free_port(), free_port()
        self.application = Application(self.home / "run")
        self.environment = {
            **os.environ,
            "LISTEN": f"127.0.0.1:{self.port}",
            "SERVER_NAMES": "localhost 127.0.0.1",
            "RATE_LIMIT_EXEMPT": "127.0.0.1",
            "SLOT_DIR": f"{self.home}/run",
            "STATIC_DIR": f"{self.home}/static",
            "LEDGER_DIR": f"{self.home}/ledger",
            "NGINX_DIR": f"{self.home}/nginx",
            "LISTEN_TLS": f"127.0.0.1:{self.tls_port}",
            "HTTPS_ADDRESS": f"127.0.0.1:{self.tls_port}",
            **self.settings,
        }

    def start(self) -> None:
        """Start Nginx and return when it answers; raises AssertionError with its words if it ends."""
        with (self.home / "log/out").open("wb") as out, (self.home / "log/err").open("wb") as err:
            self.process = subprocess.Popen(
                [*self.command, str(ENTRYPOINT)],
                env=self.environment,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        wait_until(lambda: self.process.poll() is not None or self.is_healthy())
        assert self.process.poll() is None, self.errors()

    def stop(self) -> None:
        """End Nginx and whatever the entry point started with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(30)
        self.application.close()

    def is_healthy(self) -> bool:
        try:
            return self.ask("/-/nginx-health").status == 200
        except OSError:
            return False

    def access_log(self, request_id: str) -> dict[str, object]:
        """The access log's entry for one request; it comes within a second, the buffer's age."""

        def find() -> list[dict[str, object]]:
            lines = (self.home / "log/out").read_text(errors="replace").splitlines()
            entries: list[dict[str, object]] = [json.loads(line) for line in lines]
            return [entry for entry in entries if entry["request_id"] == request_id]

        wait_until(find)
        (entry,) = find()
        return entry

    def ledgers(self) -> list[Path]:
        """The rotated ledgers, oldest first, and the one being written."""
        rotated = sorted((self.home / "ledger").glob("ledger.log.*"))
        return [*rotated, *(self.home / "ledger").glob("ledger.log")]

    def ledger_lines(self) -> list[list[str]]:
        """Every line of every ledger, split into its fields; a line comes just after its answer."""
        lines = "".join(path.read_text("ascii") for path in self.ledgers()).splitlines()
        return [line.split("\t") for line in lines]

    def rotate(self) -> None:
        subprocess.run([str(ENTRYPOINT), "rotate"], env=self.environment, check=True, timeout=30)

    def errors(self) -> str:
        return (self.home / "log/err").read_text()


@contextlib.contextmanager
def serving(command: tuple[str, ...] = (), **settings: str) -> Iterator[Site]:
    """A running site in a short directory (a socket's path has at most 107 bytes)."""
    home = Path(tempfile.mkdtemp(prefix="demijohn-"))
    site = Site(home, settings, command)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        shutil.rmtree(home)


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return when `condition` holds; fail the test when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so after {seconds} s: {condition}"
        time.sleep(0.02)
