"""supervisord, as the native runtime uses it: told by its own commands, asked over its socket."""

import time
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]

from ops.commands import supervisor
from ops.errors import ServiceFailed
from ops.paths import Home
from ops.runner import Runner
from ops.waiting import wait_until

# The transport knows the socket; this is only for XML-RPC's own parser.
PLACEHOLDER = "http://127.0.0.1"
ANSWER_SECONDS = 30
STOP_SECONDS = 120
# What services may inherit from the terminal that happened to start them.
INHERITED = ("HOME", "LANG", "PATH", "TZ", "USER")


@dataclass(frozen=True)
class Process:
    """One process: supervisor's word for its state, its id, and for how many seconds it has run."""

    state: str
    pid: int
    seconds: float

    @property
    def alive(self) -> bool:
        return self.state in ("STARTING", "RUNNING")


class Supervisor:
    """The one supervisord of a home."""

    def __init__(self, home: Home, runner: Runner) -> None:
        self.runner = runner
        self.configuration = home.run / "supervisor.conf"
        self.socket = home.run / "supervisor.sock"
        self.pid_file = home.run / "supervisor.pid"

    def ensure(self, configuration: str) -> None:
        """Have supervisord run with `configuration`."""
        before = self.configuration.read_text() if self.configuration.exists() else None
        self.configuration.write_text(configuration)
        if not self.runs():
            environ = {name: v for name in INHERITED if (v := self.runner.environ.get(name))}
            self.runner.run(supervisor.daemon(self.configuration), environ=environ, inherit=False)
            if not wait_until(self.runs, ANSWER_SECONDS):
                raise ServiceFailed("supervisor", "does not answer")
        elif before != configuration:
            self.control("update")

    def control(self, *arguments: str) -> None:
        self.runner.run(supervisor.control(self.configuration, *arguments))

    def shut_down(self) -> None:
        self.control("shutdown")
        if not wait_until(lambda: not self.pid_file.exists(), STOP_SECONDS):
            raise ServiceFailed("supervisor", f"did not stop within {STOP_SECONDS} s")

    def runs(self) -> bool:
        return self.processes() is not None

    def processes(self) -> Mapping[str, Process] | None:
        """Return every process by name, or None when no supervisord answers."""
        transport = SupervisorTransport(serverurl=f"unix://{self.socket}")
        try:
            with xmlrpc.client.ServerProxy(PLACEHOLDER, transport=transport) as server:
                answer = server.supervisor.getAllProcessInfo()
        except OSError:
            return None
        entries = cast(list[Mapping[str, str | int]], answer)
        return {str(entry["name"]): read_process(entry) for entry in entries}

    def process(self, name: str) -> Process | None:
        return (self.processes() or {}).get(name)

    def is_alive(self, name: str) -> bool:
        process = self.process(name)
        return process is not None and process.alive


def read_process(entry: Mapping[str, str | int]) -> Process:
    pid = int(entry["pid"])
    seconds = time.time() - int(entry["start"]) if pid else 0
    return Process(str(entry["statename"]), pid, seconds)
