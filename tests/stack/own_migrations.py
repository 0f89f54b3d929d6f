"""The real application on migrations and a database of a test's own, on the stack's server."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pymysql
from click.testing import Result
from flask import Flask
from flask_migrate import Migrate

from tests.stack.private_stack import ROOT, Stack
from web import create_app
from web.schema.history import read_history

# For a process of its own: the real application, but for where its migrations are.
APPLICATION = """\
from flask_migrate import Migrate

from web import create_app as create


def create_app():
    app = create()
    Migrate(directory="{folder}/migrations").init_app(app)
    return app
"""


class Project:
    """A folder with migrations, and a database of the same name on a stack's server."""

    def __init__(self, stack: Stack, folder: Path, name: str) -> None:
        self.stack, self.folder, self.name = stack, folder, name
        shutil.copytree(ROOT / "migrations", folder / "migrations", ignore=shutil.ignore_patterns("versions"))
        (folder / "application.py").write_text(APPLICATION.format(folder=folder))
        self.connection = self.connect()
        self.sql(f"CREATE DATABASE {name}")
        self.sql(f"GRANT ALL ON {name}.* TO owner@localhost")
        self.sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name}.* TO app@localhost")
        self.sql(f"USE {name}")

    @property
    def versions(self) -> Path:
        return self.folder / "migrations" / "versions"

    def connect(self) -> "pymysql.Connection[Any]":
        """A new connection as the superuser."""
        socket = str(self.stack.home / "var/run/mariadb.sock")
        return pymysql.connect(unix_socket=socket, user="root", autocommit=True)

    @contextmanager
    def holding(self, question: str) -> Iterator[None]:
        """Keep a transaction open that asked `question`: the definitions of its tables cannot change."""
        with closing(self.connect()) as other, other.cursor() as cursor:
            cursor.execute(f"USE {self.name}")
            cursor.execute("BEGIN")
            cursor.execute(question)
            yield

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def columns(self, table: str) -> list[str]:
        return [row[0] for row in self.sql(f"SHOW COLUMNS FROM {table}")]

    @cached_property
    def environment(self) -> dict[str, str]:
        """What `flask migrate` reads on this project."""
        script = (self.stack.home / "var/run/worker.sh").read_text()
        words = [shlex.split(line)[1] for line in script.splitlines() if line.startswith("export ")]
        return dict(word.split("=", 1) for word in words) | {
            "DATABASE_NAME": self.name,
            "DATABASE_OWNER_PASSWORD_FILE": f"{self.stack.home}/secrets/database_owner_password",
            "FLASK_APP": f"{self.folder}/application.py",
        }

    @cached_property
    def app(self) -> Flask:
        app = create_app(self.environment)
        Migrate(directory=f"{self.folder}/migrations").init_app(app)
        return app

    def flask(self, *words: str) -> Result:
        """Run a command in this process, which spares the start of one, as if it had just started."""
        read_history.cache_clear()
        return self.app.test_cli_runner().invoke(args=words)

    def ready(self) -> int:
        """The status that `/readyz` answers with."""
        return self.app.test_client().get("/readyz").status_code

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start a command as a process, to be killed or waited for."""
        return subprocess.Popen(
            [ROOT / ".venv/bin/python", "-m", "flask", *words],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
