"""A copy of the repository, deployed to a stand-in machine."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.docker.process import execute
from tests.docker.product import copy_repository
from tests.docker.vm import Vm
from tests.stack.client import Client
from tests.stack.private_stack import ROOT

Words = subprocess.CompletedProcess[str]
AUTHOR = ("-c", "user.name=tests", "-c", "user.email=tests@example.com")
COMPOSE = "cd /srv/demijohn && docker compose -f docker-compose.prod.yml"


@dataclass
class Site:
    """The machine, and the repository that is deployed to it."""

    vm: Vm
    directory: Path
    address: str
    token: str = ""
    versions: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.vm.engine.environment, **self.vm.environment}

    def demijohn(self, *words: str, timeout: float = 400) -> Words:
        """Run the copy's command; its exit code is not looked at."""
        return subprocess.run(
            [self.directory / "demijohn", *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def deploy(self) -> Words:
        return self.demijohn("deploy", "deploy@vm")

    def commit(self, file: str, text: str) -> str:
        """Write a file and commit it; return the version that this makes."""
        (self.directory / file).write_text(text)
        execute("git", "add", "--all", cwd=self.directory)
        execute("git", *AUTHOR, "commit", "--quiet", "--message", file, cwd=self.directory)
        self.versions.append(self.version)
        return self.version

    def go_back_one_commit(self) -> None:
        execute("git", "reset", "--quiet", "--hard", "HEAD~1", cwd=self.directory)

    @property
    def version(self) -> str:
        return execute("git", "rev-parse", "--short=12", "HEAD", cwd=self.directory).stdout.strip()

    def read(self, file: str) -> str:
        return (self.directory / file).read_text()

    def served_version(self) -> str:
        client = Client(self)
        version = client.get("/version").json["version"]
        client.connection.close()
        return str(version)

    @property
    def head(self) -> str:
        """The newest revision of the repository's migrations."""
        return max(
            path.name.partition("_")[0] for path in (self.directory / "migrations/versions").glob("0*.py")
        )

    def sql(self, statement: str) -> None:
        """Run a statement as the database's root."""
        client = 'MYSQL_PWD="$(cat /run/secrets/database_root_password)" exec mariadb --user=root demijohn'
        self.on_host(f"{COMPOSE} exec -T db sh -c '{client}' <<'E'\n{statement}\nE\n")

    def on_host(self, script: str, *, check: bool = True) -> str:
        """Run a shell script on the machine as the deploy user, as a person would."""
        return self.vm.ssh("deploy", script, check=check).stdout

    def containers(self) -> dict[str, str]:
        """The id of each service's running container."""
        lines = self.on_host(f"{COMPOSE} ps --format '{{{{.Service}}}} {{{{.ID}}}}'").splitlines()
        return dict(line.split() for line in lines)


@contextmanager
def make_site(vm: Vm, directory: Path) -> Iterator[Site]:
    """Deploy a copy of the repository for the first time; take everything away at the end."""
    site = Site(vm, directory, vm.address)
    copy_repository(directory)
    (directory / ".venv").symlink_to(ROOT / ".venv")
    (directory / ".git/info/exclude").write_text(".venv\n")
    give_image(vm, "mariadb:11.8")
    settings = (
        f'HTTP_ADDRESS=0.0.0.0:80\nSERVER_NAMES="{site.address} localhost"\nRATE_LIMIT_EXEMPT=0.0.0.0/0\n'
    )
    site.commit(".env.production", settings)
    try:
        yield site
    finally:
        site.on_host(f"{COMPOSE} down --volumes", check=False)
        tags = [f"demijohn-web:{version}" for version in site.versions]
        vm.engine.run("image", "rm", "--force", *tags, check=False)


def give_image(vm: Vm, tag: str) -> None:
    """Bring an image to the machine, which can reach no registry either."""
    with subprocess.Popen(
        ["docker", "save", tag], env={**os.environ, **vm.engine.environment}, stdout=subprocess.PIPE
    ) as saving:
        command = ["docker", "exec", "--interactive", vm.container, "docker", "load"]
        environment = {**os.environ, **vm.engine.environment}
        subprocess.run(command, env=environment, stdin=saving.stdout, check=True, capture_output=True)


def read_token(done: Words) -> str:
    token: str = re.findall(r"shown this once: (\S+)", done.stdout)[0]
    return token
