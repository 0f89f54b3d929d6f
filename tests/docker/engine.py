"""A Docker engine as the tests use it: `docker` and `docker compose`, with their failures told."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.docker import daemon
from tests.docker.process import BootstrapError, execute


@dataclass(frozen=True)
class Engine:
    """An engine that answers.

    `private` says that it is the tests' own; `environment` is what a process needs to reach it.
    """

    private: bool
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(
        self,
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
        timeout: float = 600,
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run `docker` with `arguments` and return what it printed.

        Raises BootstrapError when it does not end within `timeout` seconds or, unless `check` is
        off, when it fails.
        """
        environment = {**self.environment, **(env or {})}
        return execute("docker", *arguments, env=environment, timeout=timeout, check=check)

    def compose(
        self,
        file: Path,
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
        timeout: float = 600,
        check: bool = True,
    ) -> subprocess.CompletedProcess[str]:
        """Run `docker compose` on `file`, whose variables `env` may hold; otherwise as `run`."""
        words = ("compose", "-f", file, *arguments)
        return self.run(*words, env=env, timeout=timeout, check=check)

    def describe(self) -> str:
        """Whose engine this is, with the versions of engine and Compose."""
        server = self.run("version", "--format", "{{.Server.Version}}", timeout=30).stdout.strip()
        compose = self.run("compose", "version", "--short", timeout=30).stdout.strip()
        whose = "the tests' own" if self.private else "the host's"
        return f"{whose} engine {server}, Compose {compose}"

    def answers(self) -> bool:
        """Whether engine and Compose are there; Compose v1 is no plugin and does not count."""
        try:
            return bool(self.describe())
        except BootstrapError:
            return False


def find() -> Engine | None:
    """The engine that answers now, or None: the tests' own if it runs, else the host's."""
    engines = (Engine(private=True, environment=daemon.describe_environment()), Engine(False))
    return next((engine for engine in engines if engine.answers()), None)
