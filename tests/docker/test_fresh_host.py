"""README's first command on hosts with nothing but git and Python: `./demijohn up`, without an engine."""

import re
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docker.containers import running
from tests.docker.engine import Engine
from tests.docker.product import copy_repository

RELEASES = ("bookworm", "trixie")
HOST = """\
FROM debian:{release}
RUN apt-get update && apt-get install -y --no-install-recommends git python3 \\
 && rm -rf /var/lib/apt/lists/* && useradd --create-home visitor
"""
HOME = "/root/demijohn"
PAGE = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8080/').read().decode())"
LISTENING = "0A"

Words = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Host:
    """A container that stands for a machine just installed."""

    engine: Engine
    container: str

    def run(self, script: str, *, user: str = "root", check: bool = True) -> Words:
        """Run a shell script, in the user's home."""
        words = ("exec", "--user", user, self.container, "sh", "-c", f"cd ~{user} && {script}")
        return self.engine.run(*words, check=check)

    def clone(self, user: str = "root") -> None:
        self.run(f"git clone -q /source ~{user}/demijohn && chown -R {user}: ~{user}/demijohn")

    def up(self, user: str = "root") -> Words:
        return self.run("cd demijohn && ./demijohn up --runtime native", user=user, check=False)

    def listens_on(self) -> set[int]:
        tables = self.run("cat /proc/net/tcp /proc/net/tcp6").stdout.splitlines()
        rows = [line.split() for line in tables]
        return {int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == LISTENING}


@pytest.fixture(scope="module")
def hosts(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Host]]:
    """A host of each release that can clone the repository."""
    source = tmp_path_factory.mktemp("source")
    copy_repository(source)
    mount = ("--init", "--volume", f"{source}:/source:ro")
    with ExitStack() as stack:
        made = {}
        for release in RELEASES:
            image = build_host(engine, release, tmp_path_factory.mktemp(release))
            stack.callback(engine.run, "image", "rm", "--force", image)
            container = stack.enter_context(running(engine, *mount, image, "sleep", "infinity"))
            made[release] = Host(engine, container)
        yield made


def build_host(engine: Engine, release: str, context: Path) -> str:
    (context / "Dockerfile").write_text(HOST.format(release=release))
    image = f"demijohn-test-{uuid.uuid4().hex[:8]}"
    engine.run("build", "--tag", image, context)
    return image


@pytest.fixture(scope="module")
def refusals(hosts: dict[str, Host]) -> list[Words]:
    """What a person who is not root was told on the newer host, before and after the first line given."""
    host = hosts["trixie"]
    host.clone("visitor")
    told = [host.up("visitor")]
    assert ".venv" not in host.run("ls -A ~visitor/demijohn").stdout.split()
    host.run(re.findall(r"^demijohn:   (apt-get .*)$", told[0].stderr, re.MULTILINE)[0])
    return [*told, host.up("visitor")]


@pytest.fixture(scope="module")
def starts(hosts: dict[str, Host], refusals: list[Words]) -> dict[str, Words]:
    """What root was told by each host, started at the same time: most of it is waiting for downloads."""
    assert refusals

    def start(host: Host) -> Words:
        host.clone()
        return host.up()

    with ThreadPoolExecutor() as pool:
        return dict(zip(hosts, pool.map(start, hosts.values()), strict=True))


def test_without_root_the_line_to_run_is_told_and_nothing_changes(
    hosts: dict[str, Host], refusals: list[Words]
) -> None:
    assert [done.returncode for done in refusals] == [1, 1]
    assert "python3-venv" in refusals[0].stderr
    assert re.search(r"^  sudo /home/visitor/demijohn/demijohn install$", refusals[1].stderr, re.MULTILINE)
    for package in ("mariadb-client-core", "mariadb-server-core", "nginx"):
        assert package in refusals[1].stderr
    changed = hosts["trixie"].run("git -C ~visitor/demijohn status --short --ignored", user="visitor").stdout
    assert [line for line in changed.splitlines() if "__pycache__" not in line] == ["!! .venv/"]


@pytest.mark.parametrize("release", RELEASES)
def test_one_command_gives_an_address_a_token_and_a_page(
    hosts: dict[str, Host], starts: dict[str, Words], release: str
) -> None:
    done = starts[release]
    assert done.returncode == 0, done.stderr
    assert "Demijohn is up at http://127.0.0.1:8080/" in done.stdout
    assert re.search(r"shown this once: \S+", done.stdout)
    assert "Hello World!" in hosts[release].run(f'python3 -c "{PAGE}"').stdout
    assert hosts[release].run(f"stat --format %a {HOME}/.env").stdout.strip() == "600"


@pytest.mark.parametrize("release", RELEASES)
def test_the_system_s_own_services_stay_as_they_were(
    hosts: dict[str, Host], starts: dict[str, Words], release: str
) -> None:
    assert starts[release].returncode == 0
    host = hosts[release]
    assert host.run("command -v nginx mariadbd").stdout
    assert host.listens_on() == {8080}
    enabled = host.run(
        "find /etc/systemd/system /etc/rc?.d -name 'S*nginx*' -o -path '*wants*' -type l"
    ).stdout
    assert not re.search(r"nginx|maria|mysql", enabled)
    assert host.run("test ! -e /usr/sbin/policy-rc.d; echo $?").stdout == "0\n"


@pytest.mark.parametrize("release", RELEASES)
def test_a_second_start_makes_nothing_anew(
    hosts: dict[str, Host], starts: dict[str, Words], release: str
) -> None:
    assert starts[release].returncode == 0
    done = hosts[release].up()
    assert "nothing had to change" in done.stdout
    assert "installing" not in done.stderr.lower()
