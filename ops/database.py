"""The native database: its data directory and its accounts."""

import shutil
from pathlib import Path

from ops.commands import mariadb
from ops.errors import CommandFailed, ServiceFailed
from ops.paths import Home
from ops.runner import Runner
from ops.secret_files import read_secret


def make_data_directory(runner: Runner, home: Home, user: str) -> None:
    """Make the data directory unless it is there: whole or not at all. Raises ServiceFailed."""
    if home.database.exists():
        return
    draft = home.database.with_name("db.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        runner.run(mariadb.install(draft, user))
    except CommandFailed as error:
        # The program ends with half a screen of advice; the reason stands before it.
        reasons = [line for line in error.lines if "[ERROR]" in line] or error.lines
        raise ServiceFailed("db", "could not make its data directory", reasons) from error
    draft.rename(home.database)


def apply_accounts(runner: Runner, socket: Path, user: str, secrets: Path) -> None:
    """Give the accounts the passwords that the secret files hold; the statements go in on stdin."""
    statements = mariadb.accounts(
        read_secret(secrets, "database_owner_password"), read_secret(secrets, "database_password")
    )
    runner.run(mariadb.client(socket, user), stdin=statements)
