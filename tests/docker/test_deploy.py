"""`./demijohn deploy` over ssh: a new release is not noticed, a broken one takes no traffic."""

import itertools
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.docker.site import COMPOSE, Site, Words, make_site, read_token
from tests.docker.vm import Vm
from tests.stack.client import Answer, Client, Crowd, crowd

SLOTS = ("web-a", "web-b")
PAGE = "web/templates/index.html"
# Between two requests of a visitor: the machine is to have time for the deploy as well.
PAUSE_SECONDS = 0.05


@pytest.fixture(scope="module")
def site(vm: Vm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with make_site(vm, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def first(site: Site) -> Words:
    """What the first deploy said."""
    done = site.deploy()
    assert done.returncode == 0, done.stderr
    site.token = read_token(done)
    return done


@contextmanager
def visitors(site: Site) -> Iterator[Crowd]:
    """A crowd of which every third request makes something; nothing may fail, be lost or be done twice."""
    numbers, prefix = itertools.count(), f"roll-{time.monotonic_ns()}"

    def visit(client: Client, number: int) -> tuple[str, Answer]:
        time.sleep(PAUSE_SECONDS)
        if number % 3 == 0:
            new = {"target": "https://example.com/", "slug": f"{prefix}-{next(numbers)}"}
            return "write", client.post("/api/links", new)
        return "read", client.get("/version" if number % 3 == 1 else "/")

    with crowd(site, visit, people=3, token=site.token) as met:
        yield met
    assert not met.failures
    assert set(met.answers) == {("read", 200), ("write", 201)}, met.answers
    listed = Client(site, token=site.token).get("/api/links.csv").body.decode()
    assert listed.count(f",{prefix}-") == met.count("write", 201) > 20


def test_the_first_deploy_makes_everything_and_shows_a_token_once(site: Site, first: Words) -> None:
    assert site.served_version() == site.version
    assert f"deploy@vm runs version {site.version}." in first.stdout
    assert Client(site, token=site.token).get("/api/links").status == 200
    modes = site.on_host("stat -c '%a %n' /srv/demijohn/secrets /srv/demijohn/secrets/* /srv/demijohn/.env")
    assert modes.split()[::2] == ["700", "444", "444", "444", "444", "600"]


def test_compose_by_hand_finds_the_same_stack_and_changes_nothing(site: Site, first: Words) -> None:
    before = site.containers()
    site.on_host(f"{COMPOSE} up -d --wait")
    assert site.containers() == before


def test_a_change_of_one_line_moves_only_itself_and_nobody_notices(site: Site, first: Words) -> None:
    old, before = site.version, site.containers()
    new = site.commit(PAGE, site.read(PAGE).replace("</h1>", " Vintage two.</h1>"))
    with visitors(site):
        done = site.deploy()
        assert done.returncode == 0, done.stderr
    assert f"It was {old} before." in done.stdout
    client = Client(site)
    assert {client.get("/version").json["version"] for _ in range(20)} == {new}
    assert "Vintage two." in client.get("/").body.decode()
    after = site.containers()
    assert (after["db"], after["nginx"]) == (before["db"], before["nginx"])
    sent, spared = map(float, re.findall(r"([\d.]+) MB", done.stderr)[:2])
    assert sent < 2 < 50 < spared


def break_start(site: Site) -> None:
    file = "web/gunicorn.conf.py"
    site.commit(file, site.read(file) + '\nraise LookupError("corked")\n')


def break_soon_after(site: Site) -> None:
    """The first who asks for its version ends it a second later."""
    file, lines = (
        "web/gunicorn.conf.py",
        (
            "\ndef post_request(worker, req, environ, resp):\n"
            '    if environ["PATH_INFO"] == "/version":\n'
            "        threading.Timer(1, os.kill, (os.getppid(), signal.SIGKILL)).start()\n"
        ),
    )
    site.commit(file, site.read(file) + lines)


def commit_migration(site: Site, operation: str) -> None:
    site.commit(
        "migrations/versions/9999_broken.py",
        f"""\
\"\"\"A broken one\"\"\"
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{site.head}", None, None


def upgrade():
    {operation}
""",
    )


def break_migration(site: Site) -> None:
    """What it makes is there already, which nobody could know."""
    site.sql("CREATE TABLE IF NOT EXISTS taken (id INT)")
    commit_migration(site, 'op.create_table("taken", sa.Column("id", sa.Integer, primary_key=True))')


def break_the_old_version(site: Site) -> None:
    commit_migration(site, 'op.drop_column("token", "name")')


BROKEN = {
    "does not start": (break_start, "web-a did not become healthy; version", "LookupError: corked"),
    "ends soon after": (break_soon_after, "demijohn: web-a ", ""),
    "cannot migrate": (break_migration, "the schema could not be migrated; version", "taken"),
    "would harm the old version": (break_the_old_version, "and nothing was changed:", "token.name"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_release_takes_no_traffic_and_says_why(site: Site, first: Words, name: str) -> None:
    damage, complaint, reason = BROKEN[name]
    old = site.served_version()
    damage(site)
    try:
        with visitors(site):
            done = site.deploy()
        assert done.returncode == 1, done.stderr
        assert complaint in done.stderr
        assert reason in done.stderr
        client = Client(site)
        assert {client.get("/version").json["version"] for _ in range(20)} == {old}
        assert set(site.containers()) == {"db", *SLOTS, "worker", "nginx"}
    finally:
        site.go_back_one_commit()


def test_a_rollback_brings_the_version_before_back_unnoticed(site: Site, first: Words) -> None:
    current = site.served_version()
    with visitors(site):
        done = site.demijohn("rollback", "deploy@vm")
    assert done.returncode == 0, done.stderr
    assert site.served_version() == site.versions[0] != current


def test_the_log_tells_what_came_when_and_from_whom(site: Site, first: Words) -> None:
    done = site.demijohn("releases", "deploy@vm")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.startswith("*")][-1].split()[1] == site.served_version()
    # One of the broken releases was refused before anything changed.
    assert sum(" failed: " in line for line in lines) == len(BROKEN) - 1
    kept = [json.loads(line) for line in site.on_host("cat /srv/demijohn/deploy.log").splitlines()]
    assert {"time", "by", "event", "act", "from", "to"} <= set(kept[0])


def test_nobody_deploys_while_the_lock_is_held(site: Site, first: Words) -> None:
    assert site.demijohn("lock", "hold", "deploy@vm", "-m", "a migration by hand").returncode == 0
    done = site.deploy()
    assert done.returncode == 1
    assert "a migration by hand" in done.stderr
    assert "nothing was changed" in done.stderr
    assert site.demijohn("lock", "release", "deploy@vm").returncode == 0


def test_status_logs_and_commands_reach_the_host(site: Site, first: Words) -> None:
    done = site.demijohn("status", "--host", "deploy@vm")
    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^[\w-]+ +healthy", done.stdout, re.MULTILINE)) == 5
    assert "gunicorn" in site.demijohn("logs", "--host", "deploy@vm", "web-a").stdout
    assert "first" in site.demijohn("exec", "deploy@vm", "python", "-m", "flask", "tokens", "list").stdout


def test_what_is_not_committed_is_not_deployed(site: Site) -> None:
    file = site.directory / PAGE
    kept = file.read_text()
    file.write_text(kept + "<!-- -->")
    try:
        done = site.deploy()
    finally:
        file.write_text(kept)
    assert done.returncode == 1
    assert f"M {PAGE}" in done.stderr
