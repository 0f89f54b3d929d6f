"""The command line: what may be typed, and how each verb ends."""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import click

from ops.actions.bench import run_benchmarks
from ops.actions.deploy import deploy_release
from ops.actions.dev import develop
from ops.actions.down import stop_stack
from ops.actions.hosted import execute, hold, release, show_host, show_logs, show_releases
from ops.actions.install import install_programs
from ops.actions.lint import check_code
from ops.actions.load import HELP, run_load, show_load
from ops.actions.prompts import open_shell, open_sql_prompt
from ops.actions.provision import provision_host, write_user_data
from ops.actions.releases import run_releases
from ops.actions.restart import restart_services
from ops.actions.rollback import roll_back
from ops.actions.status import show_status
from ops.actions.test import run_tests
from ops.actions.up import start_stack
from ops.actions.update import update_dependencies
from ops.commands.ssh import Ssh
from ops.console import Console
from ops.errors import DemijohnError, ExitCode, Terminated
from ops.hosts import connected, find_host
from ops.paths import Home, find_home
from ops.runner import Runner
from ops.runtimes import SERVICES, Runtime
from ops.runtimes.choice import RUNTIMES, choose
from ops.settings import Settings, load_settings

Decorated = Callable[..., Any]


class Session:
    """What the verbs share; each part is made when a verb first asks for it."""

    def __init__(self) -> None:
        self.console = Console()
        self.runner = Runner(self.console, os.environ)
        self.home: Home = find_home(os.environ)

    @cached_property
    def settings(self) -> Settings:
        return load_settings(self.home)

    def find_host(self, name: str) -> Ssh:
        return find_host(name, self.runner.environ)

    def connect(self, name: str) -> AbstractContextManager[Ssh]:
        return connected(self.find_host(name), self.runner)

    def runtime(self, wanted: str | None) -> Runtime:
        return choose(wanted, self.settings, self.runner, self.console)


in_session = click.make_pass_decorator(Session)
pass_on = {"ignore_unknown_options": True, "help_option_names": []}


def with_runtime(verb: Decorated) -> Decorated:
    return click.option(
        "--runtime",
        "wanted",
        type=click.Choice(sorted(RUNTIMES)),
        help="Default: the one in use, else docker where an engine answers, else native.",
    )(verb)


class Verbs(click.Group):
    """Lists the verbs in the order in which they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """A production stack for Flask: start it, look into it, test it, load it."""
    context.obj = Session()


@cli.command()
@with_runtime
@in_session
def up(session: Session, wanted: str | None) -> None:
    """Start the stack, or bring it up to date."""
    start_stack(session.settings, session.runtime(wanted), session.console)


@cli.command()
@with_runtime
@in_session
def down(session: Session, wanted: str | None) -> None:
    """Stop the stack; its data is kept."""
    stop_stack(session.settings, session.runtime(wanted), session.console)


on_host = click.option("--host", help="The stack on a host, as for deploy; by default the one here.")


@cli.command()
@with_runtime
@on_host
@in_session
def status(session: Session, wanted: str | None, host: str | None) -> int:
    """Show how each service is."""
    if host:
        return 0 if show_host(session.find_host(host), session.runner, session.console) else 1
    show_status(session.settings, session.runtime(wanted), session.console)
    return 0


@cli.command()
@click.argument("services", nargs=-1, type=click.Choice(list(SERVICES)))
@click.option("-f", "--follow", is_flag=True, help="Wait for more.")
@with_runtime
@on_host
@in_session
def logs(
    session: Session, services: tuple[str, ...], follow: bool, wanted: str | None, host: str | None
) -> None:
    """Show the last lines of the logs."""
    if host:
        show_logs(session.find_host(host), session.runner, services, follow=follow)
    session.runtime(wanted).logs(services, follow=follow)


@cli.command()
@with_runtime
@in_session
def shell(session: Session, wanted: str | None) -> None:
    """Open a Python prompt inside the application."""
    open_shell(session.runtime(wanted))


@cli.command()
@with_runtime
@in_session
def db(session: Session, wanted: str | None) -> None:
    """Open an SQL prompt on the database."""
    open_sql_prompt(session.runtime(wanted))


@cli.command()
@click.argument("services", nargs=-1, required=True, type=click.Choice(list(SERVICES)))
@with_runtime
@in_session
def restart(session: Session, services: tuple[str, ...], wanted: str | None) -> None:
    """Restart services, one after the other."""
    restart_services(session.settings, session.runtime(wanted), session.console, services)


@cli.command()
@with_runtime
@in_session
def dev(session: Session, wanted: str | None) -> None:
    """Run the stack for development, until Ctrl-C."""
    develop(session.settings, session.runtime(wanted), session.runner, session.console)


def with_host(verb: Decorated) -> Decorated:
    return click.argument("host", envvar="DEMIJOHN_HOST")(verb)


asking = click.option("--yes", is_flag=True, help="Do not ask before what interrupts visitors for seconds.")


def agree(question: str) -> bool:
    return click.confirm(f"{question}. Go on?", err=True)


@cli.command()
@with_host
@asking
@in_session
def deploy(session: Session, host: str, *, yes: bool) -> None:
    """Bring what is checked out to a host, unnoticed."""
    with session.connect(host) as ssh:
        deploy_release(ssh, session.runner, session.console, lambda question: yes or agree(question))


@cli.command()
@with_host
@click.argument("version", required=False)
@asking
@in_session
def rollback(session: Session, host: str, version: str | None, *, yes: bool) -> None:
    """Bring an earlier version back to a host: the one before, or VERSION."""
    with session.connect(host) as ssh:
        roll_back(ssh, session.runner, session.console, version, lambda question: yes or agree(question))


@cli.command()
@with_host
@in_session
def releases(session: Session, host: str) -> None:
    """Show which versions a host has had, when and from whom."""
    show_releases(session.find_host(host), session.runner, session.console)


@cli.command(name="exec", context_settings={"ignore_unknown_options": True})
@with_host
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@in_session
def execute_there(session: Session, host: str, command: tuple[str, ...]) -> None:
    """Run a command inside the application on a host."""
    execute(session.find_host(host), session.runner, command)


@cli.command()
@click.argument("act", type=click.Choice(["hold", "release"]))
@with_host
@click.option("--reason", "-m", default="no reason given", help="Shown to whoever tries to deploy.")
@in_session
def lock(session: Session, act: str, host: str, reason: str) -> None:
    """Keep everybody from deploying to a host, or end that."""
    ssh = session.find_host(host)
    if act == "hold":
        hold(ssh, session.runner, session.console, reason)
    else:
        release(ssh, session.runner, session.console)


@cli.command()
@in_session
def install(session: Session) -> None:
    """Install Nginx and MariaDB, and start nothing."""
    install_programs(session.runner, session.console)


@cli.command()
@click.argument("host", required=False)
@click.option("--dry-run", is_flag=True, help="Show which steps would change something.")
@click.option("--cloud-init", is_flag=True, help="Print user data for a host that is yet to be made.")
@click.option("--key", type=click.Path(path_type=Path), help="With --cloud-init: who may log in as deploy.")
@in_session
def provision(
    session: Session, host: str | None, *, dry_run: bool, cloud_init: bool, key: Path | None
) -> None:
    """Make a fresh Debian or Ubuntu host ready for deploys."""
    if cloud_init and key and not host and not dry_run:
        write_user_data(key, session.console)
    elif host and not cloud_init and not key:
        found = find_host(host, session.runner.environ)
        provision_host(found, session.runner, session.console, dry_run=dry_run)
    else:
        raise click.UsageError("Give either a host or --cloud-init and --key FILE.")


@cli.command(context_settings=pass_on)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[LEVEL|PATH|OPTION]...")
@in_session
def test(session: Session, words: tuple[str, ...]) -> int:
    """Run the tests: all, some levels, or what pytest is told."""
    return 0 if run_tests(session.home, session.runner, session.console, words) else 1


@cli.command()
@in_session
def lint(session: Session) -> int:
    """Check the code without running it."""
    return 0 if check_code(session.runner) else 1


@cli.command(context_settings=pass_on)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@in_session
def bench(session: Session, arguments: tuple[str, ...]) -> None:
    """Measure what the parts cost, on loopback."""
    run_benchmarks(session.runner, session.console, arguments)


@cli.group()
def load() -> None:
    """Put the running stack under load."""


LOAD_VERBS = {
    "run": "Run one workload of loadtests/workloads.toml.",
    "capacity": "Find the highest rate that keeps the objectives.",
    "calibrate": "Find the highest rate that the generators can give.",
}


def add_load_verb(verb: str, summary: str) -> None:
    """Add a verb that loads the stack; `python -m loadtests` reads its arguments."""

    @load.command(verb, short_help=summary, context_settings=pass_on)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    @with_runtime
    @in_session
    def execute(session: Session, arguments: tuple[str, ...], wanted: str | None) -> int:
        if HELP & set(arguments):
            return show_load(session.runner, verb, arguments)
        runtime = session.runtime(wanted)
        return run_load(session.settings, runtime, session.runner, session.console, verb, arguments)


for verb, summary in LOAD_VERBS.items():
    add_load_verb(verb, summary)


@load.command("compare", context_settings=pass_on)
@click.option("--releases", nargs=2, metavar="BASE NEW")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@in_session
def load_compare(session: Session, releases: tuple[str, str] | None, arguments: tuple[str, ...]) -> int:
    """Compare two runs, a run with the baseline, or two releases."""
    if HELP & set(arguments):
        session.console.say(
            "With --releases BASE NEW, two revisions of this repository are started and compared."
        )
        return show_load(session.runner, "compare", arguments)
    if releases:
        return run_releases(session.settings, session.runner, session.console, releases, arguments)
    return show_load(session.runner, "compare", ["--results", str(session.home.load), *arguments])


@load.command("report", context_settings=pass_on)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@in_session
def load_report(session: Session, arguments: tuple[str, ...]) -> int:
    """Write a run's report again."""
    return show_load(session.runner, "report", arguments)


@cli.command()
@in_session
def update(session: Session) -> None:
    """Lock and install the newest versions of the dependencies."""
    update_dependencies(session.runner, session.console)


def main() -> int:
    """Run what the command line says; return the exit code."""
    console = Console()
    # Whoever ends this command, a person or a CI job, finds what was begun stopped again.
    signal.signal(signal.SIGTERM, terminate)
    try:
        words = sys.argv[1:] or ["--help"]
        return cli.main(words, prog_name="demijohn", standalone_mode=False) or ExitCode.DONE
    except click.ClickException as error:
        console.error(f"{error.format_message()}\nTry ./demijohn --help.")
        return ExitCode.EXPECTED_ERROR
    except DemijohnError as error:
        console.error(str(error))
        return ExitCode.EXPECTED_ERROR
    except (KeyboardInterrupt, click.Abort):
        console.error("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:
        console.error(f"this is a bug of ours: {error!r}; the trace is in {write_trace()}")
        return ExitCode.BUG


def terminate(*_: object) -> NoReturn:
    raise Terminated


def write_trace() -> str:
    """Write the current exception to a file and return its name."""
    directory = find_home(os.environ).log
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"trace-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.txt"
    path.write_text(f"{sys.argv}\n\n{traceback.format_exc()}", encoding="utf-8")
    return str(path)
