"""Stand-ins for the outermost edges of `ops`: a runner that only records, and an empty home."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import NoReturn

import pytest

from ops.console import Console
from ops.conversation import Conversation
from ops.errors import CommandFailed
from ops.paths import Home
from ops.runner import Runner

EXAMPLE = """\
# Some words.
# HTTP_ADDRESS=127.0.0.1:8080
# SERVER_NAMES="localhost 127.0.0.1"
# TLS=off
# HTTPS_ADDRESS=
# CERTIFICATE_DIR=certificates
# COMPOSE_PROFILES=
# ACME_EMAIL=
# ACME_DIRECTORY=https://acme.example/directory
# ACME_CA_FILE=/dev/null
# MESSAGE="Hello World!"
RATE_LIMIT_EXEMPT="127.0.0.1"
# WEB_CONCURRENCY=2
# WEB_THREADS=4
# LOG_LEVEL=info
# LEDGER_MAX_BYTES=268435456
# DEV_PORT=8000
# LOAD_WORKERS=2
# LOAD_CPUS=
# SECRETS_DIR=./secrets
# DATABASE_HOST=db
"""


class RecordingRunner(Runner):
    """Keeps the commands that it is given; `answers` says what some of them print, or raise."""

    def __init__(self) -> None:
        super().__init__(Console(), {"PATH": "/usr/bin"})
        self.commands: list[list[str]] = []
        self.typed: list[str] = []
        self.answers: dict[str, list[str] | CommandFailed] = {}
        self.statuses: dict[str, int] = {}

    def run(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        inherit: bool = True,
        stdin: str = "",
    ) -> list[str]:
        self.commands.append(list(command))
        self.typed.append(stdin)
        for part, answer in self.answers.items():
            if part in " ".join(command):
                if isinstance(answer, CommandFailed):
                    raise answer
                return answer
        return []

    def follow(self, command: Sequence[str], *, stdin: str = "") -> Iterator[str]:
        yield from self.run(command, stdin=stdin)

    def show(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> int:
        self.commands.append(list(command))
        return next((status for part, status in self.statuses.items() if part in " ".join(command)), 0)

    @contextmanager
    def converse(
        self, command: Sequence[str], *, environ: Mapping[str, str] | None = None
    ) -> Iterator[Conversation]:
        self.commands.append(list(command))
        yield Conversation(StringIO(), StringIO())

    def become(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> NoReturn:
        self.commands.append(list(command))
        raise SystemExit(0)


@pytest.fixture
def runner() -> RecordingRunner:
    return RecordingRunner()


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "example"
    path.write_text(EXAMPLE)
    return path
