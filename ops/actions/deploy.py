"""Bring the version that is checked out to a host, without a failed request."""

import json
from collections.abc import Callable

from ops.commands.ssh import Ssh
from ops.console import Console
from ops.deploying.images import build_images, send_images
from ops.deploying.lock import locked
from ops.deploying.log import noting
from ops.deploying.preflight import check_host, read_release
from ops.deploying.release import Release
from ops.deploying.rollout import SERVICES, Rollout
from ops.deploying.schema import check_migrations
from ops.deploying.stack import DIRECTORY, Facts, Stack
from ops.errors import CommandFailed, DemijohnError
from ops.runner import Runner
from ops.secret_files import NAMES

KEPT_RELEASES = 5
KEPT_BACKUPS = 5


def deploy_release(host: Ssh, runner: Runner, console: Console, agree: Callable[[str], bool]) -> None:
    """Deploy what is checked out; `agree` is asked where that interrupts visitors.

    Raises DemijohnError. Until the line "From here on things change" the host serves as before; when
    something fails after it, the old version gets its places back.
    """
    release = read_release(runner)
    stack = Stack(host, runner)
    facts = look(stack, console)
    if facts.unfinished:
        begun = json.loads(facts.unfinished)
        console.say(
            f"The {begun['act']} of {begun['to']} that {begun['by']} began at {begun['time']} did not end: "
            "this deploy takes its place."
        )
    with console.step(f"Building version {release.version}"):
        build_images(release, runner)
    with locked(stack, f"deploy of {release.version}"):
        send(release, stack, runner, console)
        interrupted = find_interrupted(stack, release.version, facts)
        if interrupted and not agree(describe_interruption(interrupted)):
            raise DemijohnError("nothing was changed")

        if facts.version and check_migrations(stack, console, facts.version, release.version):
            keep_backup(stack, console, release.version)

        # From here on things change.
        with noting(stack, "deploy", facts.version, release.version):
            roll_out(stack, console, facts.version, release.version, first=not facts.version)
    tell_end(stack, console, facts.version, release)


def look(stack: Stack, console: Console) -> Facts:
    with console.step(f"Looking at {stack.ssh.name}") as step:
        facts = stack.look()
        check_host(stack.ssh.name, facts)
        step.outcome = f"version {facts.version}" if facts.version else "empty"
    return facts


def send(release: Release, stack: Stack, runner: Runner, console: Console) -> None:
    """Bring files and images to the host, where nothing uses them yet."""
    with console.step(f"Sending version {release.version}") as step:
        stack.script("secrets", *NAMES)
        place = DIRECTORY / "releases" / release.version
        unpack = f"umask 077 && rm -rf {place} && mkdir -p {place} && tar -x -C {place} --no-same-owner -p"
        with runner.feeding(stack.ssh.run("sh", "-c", unpack)) as stream:
            release.write(stream)
        step.outcome = str(send_images(release, stack, runner))
    with console.step("Fetching MariaDB, if it is not there"):
        stack.run(stack.compose(release.version).pull("db"))


def find_interrupted(stack: Stack, version: str, facts: Facts) -> list[str]:
    """Return which of database and Nginx run and would be replaced by another container."""
    if not facts.version:
        return []
    compose = stack.compose(version)
    wanted = dict(line.split() for line in stack.run(compose.hashes("db", "nginx")))
    running = dict(line.split() for line in stack.run(compose.running_hashes()))
    return [service for service in wanted if running.get(service, wanted[service]) != wanted[service]]


def describe_interruption(services: list[str]) -> str:
    cost = {
        "db": "the database restarts: for some seconds only cached answers are given",
        "nginx": "Nginx is replaced: for a second or two nobody is answered",
    }
    return "; ".join(cost[service] for service in services)


def keep_backup(stack: Stack, console: Console, version: str) -> None:
    with console.step("Keeping the database as it is") as step:
        step.outcome = stack.script("backup", version, str(KEPT_BACKUPS))[-1]


def roll_out(stack: Stack, console: Console, old: str, new: str, *, first: bool) -> None:
    """Change the schema, then one service after the other. Raises when something fails, gone back."""
    rollout = Rollout(stack, console, old, new)
    stack.script("settle", new)
    if first:
        rollout.replace(["db"])
    try:
        with console.step("Migrating the schema"):
            stack.run(stack.compose(new).once("migrate"))
    except CommandFailed as failed:
        rollout.go_back()
        told = "".join(f"\n  {line}" for line in failed.lines)
        raise DemijohnError(f"the schema could not be migrated; {rollout.describe_rest()}:{told}") from failed
    rollout.replace([service for service in SERVICES if service != "db"])
    rollout.complete()
    gone = stack.script("finish", new, str(KEPT_RELEASES))
    if gone:
        console.say(f"Forgot {', '.join(gone)}")


def tell_end(stack: Stack, console: Console, old: str, release: Release) -> None:
    was = f" It was {old} before." if old and old != release.version else ""
    console.result(f"{stack.ssh.name} runs version {release.version}.{was}")
    if not old:
        console.result("The first API token, shown this once: " + make_token(stack, release.version))


def make_token(stack: Stack, version: str) -> str:
    command = ["python", "-m", "flask", "tokens", "create", "first", "--scope", "write", "--first"]
    said = stack.run(stack.compose(version).execute("web-a", command))
    return said[-1] if said else "there was one before"
