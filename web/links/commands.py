"""`flask links …` and `flask clicks …`."""

from pathlib import Path
from typing import IO

import click
from flask import Flask, current_app

from web.commands import CommandGroup
from web.db import database
from web.ledger import Ledger
from web.links import exchange, registry, statistics, sums
from web.links.shapes import NewLink
from web.links.visits import Tally, tally

links = CommandGroup("links", help="Links: create, list, retire, purge, import, export.")
clicks = CommandGroup("clicks", help="The ledger of clicks: ingest, verify.")


@links.command("create")
@click.argument("target")
@click.option("--slug", help="A slug of your own; without it, a random one.")
@click.option("--note", default="", help="What the link is for.")
def create(target: str, slug: str | None, note: str) -> None:
    """Shorten TARGET and print the slug."""
    new, own_hosts = NewLink(target=target, slug=slug, note=note), current_app.config["OWN_HOSTS"]
    click.echo(database().write(lambda session: registry.shorten(session, new, own_hosts)).slug)


@links.command("list")
@click.option("--search", default="", help="Only those whose slug, target or note holds this.")
def list_links(search: str) -> None:
    """List the newest links, with their clicks by people and by bots."""
    with database().read() as session:
        found = registry.find_links(session, search, None, limit=100)
        totals = statistics.totals(session, [link.id for link in found])
    for link in found:
        state, (humans, bots) = "retired" if link.retired_at else "", totals[link.id]
        click.echo(f"{link.slug:20} {humans:>9} {bots:>9} {state:8} {link.target}")


@links.command("retire")
@click.argument("slug")
def retire(slug: str) -> None:
    """End a link; its slug stays taken."""
    database().write(lambda session: registry.retire(session, slug))
    click.echo(f"{slug} is retired")


@links.command("purge")
@click.argument("prefix")
@click.confirmation_option(prompt="Delete these retired links and their clicks for good?")
def purge(prefix: str) -> None:
    """Delete the retired links whose slug begins with PREFIX; their slugs become free."""
    number = database().write(lambda session: registry.purge(session, prefix))
    click.echo(f"{number} links are deleted")


@links.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
def import_links(file: IO[str]) -> None:
    """Store the links of a CSV FILE, all or none."""
    content, own_hosts = file.read(), current_app.config["OWN_HOSTS"]
    created, skipped = database().write(lambda session: exchange.import_links(session, content, own_hosts))
    click.echo(f"{created} links are new, {skipped} were there")


@links.command("export")
def export_links() -> None:
    """Print every link that is in use, as CSV."""
    with database().read() as session:
        click.echo(exchange.export_links(session), nl=False)


@clicks.command("ingest")
def ingest() -> None:
    """Count what is new in the ledger, once; the worker does so all the time."""
    click.echo(f"{ledger().read_all()} lines")


@clicks.command("verify")
def verify() -> None:
    """Compare the stored sums with the ledger's lines; exit 1 when they differ."""
    balance = ledger().audit(sums.stored_clicks)
    for fault in balance.faults:
        click.echo(fault)
    if not balance.holds:
        raise click.ClickException(f"{balance.logged} clicks were logged, {balance.stored} are stored")
    click.echo(f"sums equal lines: {balance.stored} clicks")


def ledger() -> Ledger[Tally]:
    """Return the ledger of clicks; raises ClickException where no directory is set."""
    directory: Path | None = current_app.extensions["settings"].ledger_dir
    if directory is None:
        raise click.ClickException("LEDGER_DIR is not set: it names the directory of Nginx's ledger")
    return Ledger(database(), directory, tally, sums.store)


def init_app(app: Flask) -> None:
    app.cli.add_command(links)
    app.cli.add_command(clicks)
