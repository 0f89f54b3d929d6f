"""Put load on the running stack, with `python -m loadtests`."""

import secrets
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.commands import python
from ops.console import Console
from ops.errors import DemijohnError
from ops.health import nginx_answers
from ops.observer import ANSWER_SECONDS, Observer
from ops.runner import Runner
from ops.runtimes import Runtime
from ops.settings import Settings

HELP = frozenset({"-h", "--help"})


def show_load(runner: Runner, verb: str, arguments: Sequence[str]) -> int:
    """Run a verb of `python -m loadtests` that needs no stack; return its exit code.

    What names a file or folder below the current directory does so from the repository's root, too.
    """
    found = [str(Path(word).resolve()) if Path(word).exists() else word for word in arguments]
    return runner.show(python.module("loadtests", verb, *found))


def run_load(
    settings: Settings,
    runtime: Runtime,
    runner: Runner,
    console: Console,
    verb: str,
    arguments: Sequence[str],
) -> int:
    """Run a verb of `python -m loadtests` against the stack; return its exit code.

    It gets a token of its own, and the target's side is observed meanwhile. Whatever happens, the token
    is revoked and the data that the run made is deleted.
    """
    if not nginx_answers(settings, "/livez"):
        raise DemijohnError(f"nothing answers at {settings.address}/: ./demijohn up starts the stack")
    name = f"load-{secrets.token_hex(4)}"
    with TemporaryDirectory() as directory:
        leftovers, observations = Path(directory, "leftovers"), Path(directory, "observations")
        token = runtime.flask("tokens", "create", name, "--scope", "write", "--expires-in", "1")[-1]
        try:
            with observing(runtime, console, observations) as version:
                command = python.module(
                    "loadtests",
                    verb,
                    *target_options(settings, leftovers, observations),
                    *topology_options(settings, runtime, version),
                    *arguments,
                )
                return runner.show(command, environ={"LOAD_TOKEN": token})
        finally:
            remove_rest(runtime, console, name, leftovers)


def target_options(settings: Settings, leftovers: Path, observations: Path) -> list[str]:
    """What to load, and where to put what is found."""
    return [
        *("--host", settings.address),
        *("--results", str(settings.home.load)),
        *("--leftovers", str(leftovers)),
        *("--observations", str(observations)),
    ]


def topology_options(settings: Settings, runtime: Runtime, database: str) -> list[str]:
    """What must be the same in two runs that are compared."""
    topology: Mapping[str, str | int] = {
        "runtime": runtime.name,
        "slots": sum(state.running for state in runtime.states() if state.name.startswith("web-")),
        "WEB_CONCURRENCY": settings.values["WEB_CONCURRENCY"],
        "WEB_THREADS": settings.values["WEB_THREADS"],
        "database": database,
    }
    return [word for name, value in topology.items() for word in ("--topology", f"{name}={value}")]


@contextmanager
def observing(runtime: Runtime, console: Console, file: Path) -> Iterator[str]:
    """Observe the stack while the block runs, which is given the database's version."""
    with runtime.ask_database() as database:
        try:
            version = database.ask("SELECT VERSION();", 10 * ANSWER_SECONDS)
        except OSError:
            version = "unknown"
        observer = Observer(runtime.find_vantage(), database)
        with observer.writing(file):
            yield version
    if observer.unseen:
        reasons = "; ".join(f"{name} ({reason})" for name, reason in observer.unseen.items())
        console.say(f"Not observed all the time: {reasons}")


def remove_rest(runtime: Runtime, console: Console, token: str, leftovers: Path) -> None:
    """Revoke a run's token and delete its data; what is not possible is told, and hides no exit code."""
    commands = [["tokens", "revoke", token]]
    if leftovers.exists():
        commands += [shlex.split(line) for line in leftovers.read_text().splitlines()]
    with console.step("Removing what the run left") as step:
        for command in commands:
            try:
                runtime.flask(*command)
            except DemijohnError as error:
                step.outcome = "incomplete"
                console.error(f"{error}\nLater, run in the application: flask {shlex.join(command)}")
