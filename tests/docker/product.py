"""The product in containers: a copy of the working tree with a project, a port and images of its own."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.docker.engine import Engine
from tests.docker.process import execute
from tests.ports import free_port
from tests.stack.client import Client

ROOT = Path(__file__).parents[2]
PRODUCTION, DEVELOPMENT = "docker-compose.prod.yml", "docker-compose.dev.yml"
SERVICES = ("db", "web-a", "web-b", "worker", "nginx")


@dataclass(frozen=True)
class Product:
    """A copy of the repository, and the names under which its stack is known to the engine."""

    engine: Engine
    directory: Path
    name: str
    port: int
    file: str = PRODUCTION

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return {**self.engine.environment, "COMPOSE_PROJECT_NAME": self.name}

    @cached_property
    def token(self) -> str:
        """An API token that may write, made for the tests."""
        return self.flask("tokens", "create", "tests", "--scope", "write").split()[-1]

    def demijohn(
        self, *words: str, check: bool = True, typed: str = "", timeout: float = 400
    ) -> subprocess.CompletedProcess[str]:
        """Run the copy's `./demijohn`; with `check` any exit code but 0 fails the test."""
        own = {name: value for name, value in os.environ.items() if name != "DEMIJOHN_HOME"}
        done = subprocess.run(
            [self.directory / "demijohn", *words],
            env={**own, **self.environment},
            input=typed,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert not check or done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def compose(self, *words: str, check: bool = True, timeout: float = 400) -> str:
        """Run `docker compose` on the copy's file as a person would, and return what it printed."""
        command = ("docker", "compose", "-f", self.file, *words)
        done = execute(*command, env=self.environment, cwd=self.directory, timeout=timeout, check=check)
        return done.stdout

    def flask(self, *words: str) -> str:
        """Run a `flask` command inside the worker, which sees the ledger."""
        return self.compose("exec", "-T", "worker", "python", "-m", "flask", *words)

    def containers(self) -> dict[str, str]:
        """The id of the container of each service that runs."""
        lines = self.compose("ps", "--format", "{{.Service}} {{.ID}}").splitlines()
        return dict(line.split() for line in lines)

    def inspect(self, service: str) -> Any:
        container = self.compose("ps", "--all", "--quiet", service).strip()
        return json.loads(self.engine.run("inspect", container).stdout)[0]

    def health(self, service: str) -> str:
        """What the engine thinks of a service: starting, healthy or unhealthy."""
        return str(self.inspect(service)["State"]["Health"]["Status"])

    def process(self, service: str) -> int:
        """The id of a service's first process, as the engine's host counts; 0 while none runs."""
        return int(self.inspect(service)["State"]["Pid"])

    def signal(self, name: str, *processes: int) -> None:
        """Send a signal from outside, as the kernel would: the engine does not take it for a stop.

        A process that has ended meanwhile needs none.
        """
        words = ("run", "--rm", "--privileged", "--pid=host", "--network=none", "debian:trixie")
        self.engine.run(*words, "sh", "-c", 'kill -s "$@" || :', "sh", name, *map(str, processes))


@contextmanager
def make_product(engine: Engine, file: str = PRODUCTION, **settings: str) -> Iterator[Product]:
    """Copy the repository, with `settings` in its `.env.example`; remove all that was made of it."""
    with tempfile.TemporaryDirectory(prefix="dj-") as directory:
        name = f"demijohn-test-{uuid.uuid4().hex[:8]}"
        product = Product(engine, Path(directory), name, free_port(), file)
        copy_repository(product.directory)
        (product.directory / ".venv").symlink_to(ROOT / ".venv")
        write_settings(
            product.directory / ".env.example",
            HTTP_ADDRESS=f"127.0.0.1:{product.port}",
            DEV_PORT=str(product.port),
            IMAGE_TAG=name,
            NGINX_TAG=name,
            **settings,
        )
        try:
            yield product
        finally:
            remove(product)


def copy_repository(into: Path) -> None:
    """Copy what git knows, as it stands in the working tree, into a repository of its own."""
    listed = execute("git", "ls-files", "-z", cwd=ROOT).stdout.rstrip("\0").split("\0")
    for name in listed:
        if (ROOT / name).exists():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)
    author = ("-c", "user.name=tests", "-c", "user.email=tests@example.com")
    execute("git", "init", "--quiet", cwd=into)
    execute("git", "add", "--all", cwd=into)
    execute("git", *author, "commit", "--quiet", "--message", "A copy", cwd=into)


def write_settings(env_file: Path, **settings: str) -> None:
    """Write settings over those of an env file, whether they are commented out there or not."""
    text = env_file.read_text()
    for name, value in settings.items():
        text = re.sub(rf"^(# ?)?{name}=.*\n", "", text, flags=re.MULTILINE) + f'{name}="{value}"\n'
    env_file.write_text(text)


def remove(product: Product) -> None:
    """Take the stack down with its volumes, and remove the images that were built for it."""
    down = ("down", "--volumes", "--remove-orphans", "--timeout", "5")
    product.compose("--profile", "*", *down, check=False)
    labelled = ("--filter", f"label=com.docker.compose.project={product.name}")
    product.engine.run("image", "prune", "--all", "--force", *labelled)


def clicks(product: Product, slug: str) -> int:
    """How often a redirect is known to have been followed."""
    client = Client(product, token=product.token)
    item = client.get(f"/api/links/{slug}").json
    client.connection.close()
    return int(item["humans"] + item["bots"])
