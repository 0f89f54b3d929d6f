"""What `flask …` can do for every application: run the worker, keep tokens."""

from datetime import timedelta
from typing import Any, cast

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from pydantic import ValidationError
from sqlalchemy.orm import Session

from web.config import Settings
from web.db import database
from web.errors import Problem, register_problem
from web.inputs import invalid_input
from web.tokens import (
    NAME_MAX,
    Scope,
    TokenNameTakenError,
    UnknownTokenError,
    create_token,
    list_tokens,
    revoke_token,
)
from web.worker import run_worker


class CommandGroup(AppGroup):
    """Commands whose expected errors, the registered problems, become one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ValidationError as error:
            raise click.ClickException(str(invalid_input(error))) from error
        except Exception as error:
            if type(error) in current_app.extensions["problems"]:
                raise click.ClickException(str(error)) from error
            raise


tokens = CommandGroup("tokens", help="API tokens: create, list, revoke.")


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Run the application's background jobs until SIGTERM."""
    run_worker(
        current_app._get_current_object(),  # type: ignore[attr-defined]
        current_app.extensions["settings"].worker_heartbeat,
    )


@tokens.command("create")
@click.argument("name")
@click.option("--scope", type=click.Choice(["read", "write"]), default="read", show_default=True)
@click.option("--expires-in", "days", type=click.IntRange(min=1), help="Days until it expires.")
@click.option("--first", is_flag=True, help="Do nothing if there has been any token before.")
def create(name: str, scope: str, days: int | None, *, first: bool) -> None:
    """Make a token and print it; it is not stored in clear and cannot be shown again."""
    if not 0 < len(name) <= NAME_MAX:
        raise click.ClickException(f"a token's name has 1 to {NAME_MAX} characters")
    lifetime = timedelta(days=days) if days else None

    def make(session: Session) -> str | None:
        if first and list_tokens(session):
            return None
        return create_token(session, name, cast(Scope, scope), lifetime)

    if token := database().write(make):
        click.echo(token)


@tokens.command("list")
def list_all() -> None:
    """List the tokens, without their secrets."""
    with database().read() as session:
        for token in list_tokens(session):
            state = "revoked" if token.revoked_at else "in use"
            if not token.revoked_at and token.expires_at:
                state = f"expires {token.expires_at:%Y-%m-%d}"
            used = f"last used {token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never used"
            click.echo(f"{token.name:24} {token.scope:6} {state:20} {used}")


@tokens.command("revoke")
@click.argument("name")
def revoke(name: str) -> None:
    """Make a token useless from now on."""
    database().write(lambda session: revoke_token(session, name))
    click.echo(f"{name} is revoked")


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = settings
    register_problem(app, TokenNameTakenError, Problem(409, "token-name-taken", "The name is taken"))
    register_problem(app, UnknownTokenError, Problem(404, "unknown-token", "There is no such token"))
    for command in (worker, tokens):
        app.cli.add_command(command)
