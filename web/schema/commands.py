"""`flask migrate`, and `flask migrations …`: what is pending, and what suits what."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from web.db import database
from web.schema.history import HistoryError, history
from web.schema.outlook import UnknownRevisionError, find_obstacles, look_ahead
from web.schema.upgrade import MigrationError, bring_up_to_date

migrations = AppGroup("migrations", help="Migrations: what is pending, and which code suits the schema.")


class UnansweredError(click.ClickException):
    """The question could not be answered, which is neither yes (0) nor no (1)."""

    exit_code = 2


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the schema to this code's revision; safe to run twice at once, and again after a failure."""
    try:
        click.echo(bring_up_to_date())
    except DBAPIError as error:
        raise click.ClickException(f"the database cannot be migrated now: {error.orig}") from error
    except (MigrationError, HistoryError, CommandError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error


@migrations.command("check")
@click.option("--running", metavar="REVISION", help="That of the code which runs, if not the schema's.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def check(running: str | None, *, as_json: bool) -> None:
    """List the pending migrations; exit 1 when one is unsafe while the version before it runs."""
    with question() as connection:
        outlook = look_ahead(connection, history(), running)
    click.echo(json.dumps(outlook.as_json(), indent=2) if as_json else str(outlook))
    if not outlook.safe:
        raise SystemExit(1)


@migrations.command("reaches")
@click.argument("revision")
def reaches(revision: str) -> None:
    """Tell whether code of REVISION can run on the schema as it is now; exit 1 when it cannot."""
    with question() as connection:
        obstacles = find_obstacles(connection, history(), revision)
    if obstacles:
        click.echo("\n".join([f"code of revision {revision} cannot run on this schema:", *obstacles]))
        raise SystemExit(1)
    click.echo(f"code of revision {revision} can run on this schema")


@contextmanager
def question() -> Iterator[Connection]:
    """Give a connection to ask; what keeps it from an answer ends the command with exit 2."""
    try:
        with database().probe.connect() as connection:
            yield connection
    except (SQLAlchemyError, UnknownRevisionError, HistoryError, CommandError) as error:
        raise UnansweredError(str(error)) from error


def init_app(app: Flask) -> None:
    app.cli.add_command(migrate)
    app.cli.add_command(migrations)
