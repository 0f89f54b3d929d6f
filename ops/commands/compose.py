"""Docker Compose."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ops.paths import ROOT

WAIT_SECONDS = 180


def version() -> list[str]:
    return ["docker", "compose", "version", "--short"]


def engine() -> list[str]:
    return ["docker", "version", "--format", "{{.Server.Version}}"]


@dataclass(frozen=True)
class Compose:
    """One Compose file, filled from `.env` beside it or from another env file.

    Its relative paths are those of `directory`, if given.
    """

    file: str
    env_file: PurePath = ROOT / ".env"
    directory: PurePath | None = None

    def call(self, *arguments: str, ansi: str = "auto") -> list[str]:
        terminal = [] if ansi == "auto" else ["--ansi", ansi]
        elsewhere = [] if self.env_file == ROOT / ".env" else ["--env-file", str(self.env_file)]
        place = ["--project-directory", str(self.directory)] if self.directory else []
        return ["docker", "compose", *terminal, *place, "--file", self.file, *elsewhere, *arguments]

    def build(self) -> list[str]:
        return self.call("build")

    def pull(self, *services: str) -> list[str]:
        """Fetch the images of services that are not there yet."""
        return self.call("pull", "--policy", "missing", *services)

    def hashes(self, *services: str) -> list[str]:
        """A line for each service: its name, and a hash that changes with its configuration."""
        return self.call("config", "--hash", ",".join(services))

    def start(self, service: str, seconds: int = WAIT_SECONDS) -> list[str]:
        """Create or replace one service and wait until it is healthy.

        What it depends on is looked at as well: without that Compose would take its configuration for
        another one than in a bare `up`, and each of the two would replace what the other had started.
        Only the migration, which has been made, is left out; the database does not depend on it.
        """
        scale = [] if service == "db" else ["--scale", "migrate=0"]
        wait = ["--wait", "--wait-timeout", str(seconds)]
        return self.call("up", "--detach", "--no-build", *scale, *wait, service)

    def running_hashes(self) -> list[str]:
        """The same of the containers that there are."""
        labels = '{{.Label "com.docker.compose.service"}} {{.Label "com.docker.compose.config-hash"}}'
        return ["docker", "ps", "--filter", "label=com.docker.compose.project=demijohn", "--format", labels]

    def complete(self) -> list[str]:
        """Start what else belongs to it, wait for nothing, and remove what does so no more."""
        return self.call("up", "--detach", "--no-build", "--scale", "migrate=0", "--remove-orphans")

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

    def once(self, service: str, command: Sequence[str] = ()) -> list[str]:
        """Run a one-shot service to its end, or another command in its place."""
        return self.call("run", "--rm", "--no-deps", "--no-TTY", service, *command)

    def execute(self, service: str, command: Sequence[str], *, terminal: bool = False) -> list[str]:
        return self.call("exec", *([] if terminal else ["--no-TTY"]), service, *command)

    def processes(self) -> list[str]:
        return self.call("ps", "--all", "--format", "json")

    def logs(self, *services: str, lines: int, follow: bool = False) -> list[str]:
        # Compose sends control sequences even into a pipe, unless told.
        ansi = "auto" if follow else "never"
        following = ["--follow"] if follow else []
        return self.call("logs", "--tail", str(lines), *following, *services, ansi=ansi)
