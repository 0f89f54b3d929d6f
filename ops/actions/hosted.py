"""Look at the stack on a host, and work in it."""

import json

from ops.commands.ssh import Ssh
from ops.console import Console
from ops.deploying.lock import describe_person, now
from ops.deploying.log import read_log
from ops.deploying.rollout import SERVICES
from ops.deploying.stack import DIRECTORY, Stack
from ops.errors import DemijohnError
from ops.runner import Runner
from ops.runtimes import LINES_SHOWN

HELD = DIRECTORY / "held"


def show_releases(host: Ssh, runner: Runner, console: Console) -> None:
    """Show the log of deploys, and mark the version that runs."""
    stack = Stack(host, runner)
    current = stack.look().version
    for entry in read_log(stack):
        if entry["event"] == "started":
            continue
        ended = "" if entry["event"] == "done" else f"  {entry['event']}: {entry.get('reason', '')}"
        mark = "*" if entry["to"] == current else " "
        console.result(f"{mark} {entry['to']:14} {entry['time']}  {entry['act']:8} {entry['by']}{ended}")


def show_host(host: Ssh, runner: Runner, console: Console) -> bool:
    """Show version and services of a host; return whether all are healthy."""
    stack = Stack(host, runner)
    facts = stack.look()
    if not facts.version:
        raise DemijohnError(f"nothing was deployed to {host.name} yet: ./demijohn deploy {host.name}")
    lines = stack.run(stack.compose(facts.version).processes())
    found = {process["Service"]: process for process in map(json.loads, filter(None, lines))}
    console.result(f"{host.name}, version {facts.version}")
    for service in SERVICES:
        process = found.get(service, {})
        word = process.get("Health") or process.get("State", "stopped")
        console.result(f"{service:8} {word:10} {process.get('Status', '')}")
    if facts.held:
        console.result(f"Deploys are held: {facts.held.strip()}")
    return all(found.get(service, {}).get("Health") == "healthy" for service in SERVICES)


def show_logs(host: Ssh, runner: Runner, services: tuple[str, ...], *, follow: bool) -> None:
    stack = Stack(host, runner)
    compose = stack.compose(stack.look().version)
    runner.become(host.run(*compose.logs(*services, lines=LINES_SHOWN, follow=follow)))


def execute(host: Ssh, runner: Runner, command: tuple[str, ...]) -> None:
    """Run a command in slot a's container, on the terminal."""
    stack = Stack(host, runner)
    compose = stack.compose(stack.look().version)
    runner.become(host.run(*compose.execute("web-a", command)))


def hold(host: Ssh, runner: Runner, console: Console, reason: str) -> None:
    """Let nobody deploy until it is released."""
    stack = Stack(host, runner)
    line = f"{describe_person()}, {now()}: {reason}"
    stack.run(["sh", "-c", 'printf "%s\\n" "$1" >"$2"', "sh", line, str(HELD)])
    console.result(f"Nobody deploys to {host.name} until ./demijohn lock release {host.name}")


def release(host: Ssh, runner: Runner, console: Console) -> None:
    Stack(host, runner).run(["rm", "-f", str(HELD)])
    console.result(f"Deploys to {host.name} are possible again.")
