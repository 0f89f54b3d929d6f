"""Where things are: the repository, and the home of one stack."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.errors import DemijohnError

ROOT = Path(__file__).resolve().parent.parent
# Linux keeps a socket's path in 108 bytes, the last of them zero; supervisord appends its process id
# to its socket's name while it makes it.
SOCKET_PATH_MAX = 107
LONGEST_SOCKET = "var/run/supervisor.sock.4194304"


@dataclass(frozen=True)
class Home:
    """The directory that holds one stack's `.env`, `secrets/` and `var/`; usually the repository."""

    path: Path

    @property
    def env_file(self) -> Path:
        return self.path / ".env"

    @property
    def var(self) -> Path:
        return self.path / "var"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def database(self) -> Path:
        return self.var / "db"

    @property
    def static(self) -> Path:
        return self.var / "static"

    @property
    def ledger(self) -> Path:
        return self.var / "ledger"

    @property
    def nginx(self) -> Path:
        return self.var / "cache" / "nginx"

    @property
    def load(self) -> Path:
        """What load runs found."""
        return self.var / "load"

    def check(self) -> None:
        """Raise when the path is so long that sockets below it could not be bound."""
        length = len(os.fsencode(self.path / LONGEST_SOCKET))
        if length > SOCKET_PATH_MAX:
            raise DemijohnError(
                f"{self.path} is {length - SOCKET_PATH_MAX} bytes too long for the sockets below it; "
                "move to a shorter path, or set DEMIJOHN_HOME to one"
            )


def find_home(environ: Mapping[str, str]) -> Home:
    """Given the environment, return DEMIJOHN_HOME or the repository."""
    return Home(Path(environ.get("DEMIJOHN_HOME") or ROOT).resolve())
