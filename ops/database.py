"""The native database: its data directory and its accounts."""

import shutil
from pathlib import Path

from ops.commands import mariadb
from ops.paths import Home
from ops.runner import Runner
from ops.secret_files import read_secret


def make_data_directory(runner: Runner, home: Home, user: str) -> None:
    """Make the data directory unless it is there: whole or not at all."""
    if home.database.exists():
        return
    draft = home.database.with_name("db.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    runner.run(mariadb.install(draft, user))
    draft.rename(home.database)


def apply_accounts(runner: Runner, socket: Path, user: str, secrets: Path) -> None:
    """Give the accounts the passwords that the secret files hold; the statements go in on stdin."""
    statements = mariadb.accounts(
        read_secret(secrets, "database_owner_password"), read_secret(secrets, "database_password")
    )
    runner.run(mariadb.client(socket, user), stdin=statements)
