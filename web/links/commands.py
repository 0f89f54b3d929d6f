"""`flask links …` and `flask clicks …`."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from web.db import database
from web.links import exchange, ingest, registry, statistics
from web.links.errors import LinkError

links = AppGroup("links", help="Links: create, list, retire, purge, import, export.")
clicks = AppGroup("clicks", help="The ledger of clicks: ingest, verify.")


@links.command("create")
@click.argument("target")
@click.option("--slug", help="A slug of your own; without it, a random one.")
@click.option("--note", default="", help="What the link is for.")
def create(target: str, slug: str | None, note: str) -> None:
    """Shorten TARGET and print the slug."""
    draft = registry.Draft(target, slug, note)
    own_hosts = current_app.config["OWN_HOSTS"]
    try:
        link = database().write(lambda session: registry.shorten(session, draft, own_hosts))
    except LinkError as error:
        raise click.ClickException(str(error)) from error
    click.echo(link.slug)


@links.command("list")
@click.option("--search", default="", help="Only those whose slug, target or note holds this.")
@click.option("--limit", default=50, show_default=True)
def list_links(search: str, limit: int) -> None:
    """List links, newest first, with their clicks."""
    with database().read() as session:
        found = registry.find_links(session, search, None, limit)
        totals = statistics.totals(session, [link.id for link in found])
    for link in found:
        total = totals.get(link.id, statistics.Clicks(0, 0))
        state = "retired" if link.retired_at else ""
        click.echo(f"{link.slug:20} {total.humans:>9} {total.bots:>9} {state:8} {link.target}")


@links.command("retire")
@click.argument("slug")
def retire(slug: str) -> None:
    """End a link; its slug stays taken."""
    try:
        database().write(lambda session: registry.retire(session, slug))
    except LinkError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{slug} is retired")


@links.command("purge")
@click.argument("prefix")
@click.confirmation_option(prompt="Delete these retired links and their clicks for good?")
def purge(prefix: str) -> None:
    """Delete the retired links whose slug begins with PREFIX; their slugs become free."""
    number = database().write(lambda session: registry.purge(session, prefix))
    click.echo(f"{number} links are deleted")


@links.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_links(file: Path) -> None:
    """Store the links of a CSV FILE, all or none."""
    own_hosts = current_app.config["OWN_HOSTS"]
    try:
        content = file.read_text(encoding="utf-8")
        created, skipped = database().write(
            lambda session: exchange.import_links(session, content, own_hosts)
        )
    except (LinkError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{created} links are new, {skipped} were there")


@links.command("export")
def export_links() -> None:
    """Print every link that is not retired, as CSV."""
    with database().read() as session:
        click.echo(exchange.export_links(session), nl=False)


@clicks.command("ingest")
def ingest_once() -> None:
    """Count what is new in the ledger, once; the worker does so all the time."""
    click.echo(f"{ingest.ingest(database(), ledger_dir())} lines")


@clicks.command("verify")
def verify() -> None:
    """Compare the stored sums with the ledger's lines; exit 1 when they differ."""
    balance = ingest.verify(database(), ledger_dir())
    if balance.holds:
        click.echo(f"sums equal lines: {balance.stored} clicks")
        return
    for fault in balance.faults:
        click.echo(fault)
    raise click.ClickException(f"{balance.logged} clicks were logged, {balance.stored} are stored")


def ledger_dir() -> Path:
    directory: Path | None = current_app.extensions["settings"].ledger_dir
    if directory is None:
        raise click.ClickException("LEDGER_DIR is not set: it names the directory of Nginx's ledger")
    return directory


def init_app(app: Flask) -> None:
    app.cli.add_command(links)
    app.cli.add_command(clicks)
