"""Docker Compose."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.paths import ROOT

WAIT_SECONDS = 180


def version() -> list[str]:
    return ["docker", "compose", "version", "--short"]


def engine() -> list[str]:
    return ["docker", "version", "--format", "{{.Server.Version}}"]


@dataclass(frozen=True)
class Compose:
    """One Compose file of the repository, filled from `.env` beside it or from another env file."""

    file: str
    env_file: Path = ROOT / ".env"

    def call(self, *arguments: str, ansi: str = "auto") -> list[str]:
        terminal = [] if ansi == "auto" else ["--ansi", ansi]
        elsewhere = [] if self.env_file == ROOT / ".env" else ["--env-file", str(self.env_file)]
        return ["docker", "compose", *terminal, "--file", self.file, *elsewhere, *arguments]

    def build(self) -> list[str]:
        return self.call("build")

    def start(self, service: str) -> list[str]:
        """Create or replace one service and wait until it is healthy; leave every other alone."""
        wait = ["--wait", "--wait-timeout", str(WAIT_SECONDS)]
        return self.call("up", "--detach", "--no-deps", "--no-build", *wait, service)

    def up(self) -> list[str]:
        return self.call("up", "--build")

    def down(self) -> list[str]:
        return self.call("down")

    def stop(self, service: str) -> list[str]:
        return self.call("stop", service)

    def remove(self, service: str) -> list[str]:
        """Stop a service, whatever its profile, and remove its container."""
        return self.call("rm", "--stop", "--force", service)

    def restart(self, service: str) -> list[str]:
        return self.call("restart", "--no-deps", service)

    def once(self, service: str) -> list[str]:
        """Run a one-shot service to its end."""
        return self.call("run", "--rm", "--no-deps", "--no-TTY", service)

    def execute(self, service: str, command: Sequence[str], *, terminal: bool = False) -> list[str]:
        return self.call("exec", *([] if terminal else ["--no-TTY"]), service, *command)

    def processes(self) -> list[str]:
        return self.call("ps", "--all", "--format", "json")

    def logs(self, *services: str, lines: int, follow: bool = False) -> list[str]:
        # Compose sends control sequences even into a pipe, unless told.
        ansi = "auto" if follow else "never"
        following = ["--follow"] if follow else []
        return self.call("logs", "--tail", str(lines), *following, *services, ansi=ansi)
