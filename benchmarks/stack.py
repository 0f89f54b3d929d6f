"""The private stack that is measured: the real thing, in a temporary directory, on a free port."""

import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.process import ROOT, find_port, run

DEMIJOHN = str(ROOT / "demijohn")
SUPERVISORCTL = (sys.executable, "-m", "supervisor.supervisorctl")


@dataclass(frozen=True)
class Stack:
    """A running native stack whose home is `home` and whose Nginx listens on `port`."""

    home: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def run_directory(self) -> Path:
        return self.home / "var" / "run"

    @property
    def ledger_directory(self) -> Path:
        return self.home / "var" / "ledger"

    def environment(self, service: str) -> dict[str, str]:
        """Return the environment in which the stack runs `service`, as its start script exports it."""
        script = (self.run_directory / f"{service}.sh").read_text(encoding="utf-8")
        words = shlex.split(script, comments=True)
        exported = [after for word, after in pairwise(words) if word == "export"]
        pairs = (word.partition("=") for word in exported)
        return dict(os.environ) | {name: value for name, _, value in pairs}

    def flask(self, *arguments: str) -> str:
        """Run one of the application's commands; return what it prints."""
        return run([sys.executable, "-m", "flask", *arguments], self.environment("worker"))

    def stop(self, *services: str) -> None:
        """Stop some services, by the names that supervisor has for them, and let the others run."""
        configuration = str(self.run_directory / "supervisor.conf")
        run([*SUPERVISORCTL, "--configuration", configuration, "stop", *services])


@contextmanager
def private_stack() -> Iterator[Stack]:
    """Start a stack of its own and stop it at the end, also when interrupted; no trace is left."""
    # Short, because the paths of unix sockets are.
    home = Path(tempfile.mkdtemp(prefix="djb"))
    stack = Stack(home, find_port())
    environment = dict(os.environ) | {"DEMIJOHN_HOME": str(home)}
    settings = f'HTTP_ADDRESS=127.0.0.1:{stack.port}\nRATE_LIMIT_EXEMPT="127.0.0.1"\nLOG_LEVEL=warning\n'
    env_file = home / ".env"
    env_file.touch(mode=0o600)
    env_file.write_text(settings, encoding="utf-8")
    try:
        run([DEMIJOHN, "up", "--runtime", "native"], environment)
        yield stack
    finally:
        # A second Ctrl-C would leave processes behind.
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            run([DEMIJOHN, "down", "--runtime", "native"], environment)
            shutil.rmtree(home, ignore_errors=True)
        finally:
            signal.signal(signal.SIGINT, previous)
