"""Migrations: one step, under a lock, and the models agree with the schema."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.stack.private_stack import ROOT, Stack, make_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack of their own: a step back takes what others have stored."""
    with make_stack() as stack:
        stack.start()
        yield stack


@pytest.fixture
def migrating(stack: Stack) -> list[str]:
    """The command that runs `flask` with the schema owner's account."""
    script = (stack.home / "var/run/worker.sh").read_text()
    exports = "".join(line for line in script.splitlines(keepends=True) if line.startswith("export "))
    owner = f"export DATABASE_OWNER_PASSWORD_FILE={stack.home}/secrets/database_owner_password\n"
    return ["sh", "-c", f'{exports}{owner}exec "$@"', "sh", str(ROOT / ".venv/bin/python"), "-m", "flask"]


def flask(command: list[str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*command, *words], cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
    )


def test_the_models_and_the_migrations_describe_one_schema(migrating: list[str]) -> None:
    done = flask(migrating, "db", "check")
    assert done.returncode == 0, done.stderr
    assert "No new upgrade operations detected" in done.stdout


def test_two_migrations_at_once_are_harmless(migrating: list[str]) -> None:
    assert flask(migrating, "db", "downgrade", "0001").returncode == 0
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda _: flask(migrating, "migrate"), range(2))
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    # The log of one of them holds the step, that of the other does not.
    steps = [("Running upgrade 0001 -> 0002" in done.stderr) for done in (first, second)]
    assert sorted(steps) == [False, True]


def test_the_application_s_account_cannot_change_the_schema(stack: Stack, migrating: list[str]) -> None:
    script = "from web import create_app; from web.db import database; from sqlalchemy import text\n"
    script += "with create_app().app_context():\n"
    script += "    database().write(lambda s: s.execute(text('DROP TABLE token')))\n"
    done = subprocess.run(
        [*migrating[:-2], "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "command denied" in done.stderr
