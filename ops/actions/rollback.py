"""Bring a version that a host had before back to it."""

from collections.abc import Callable

from ops.actions.deploy import KEPT_RELEASES, describe_interruption, find_interrupted, look
from ops.commands.ssh import Ssh
from ops.console import Console
from ops.deploying.lock import locked
from ops.deploying.log import noting, read_log
from ops.deploying.rollout import SERVICES, Rollout
from ops.deploying.schema import check_reach
from ops.deploying.stack import DIRECTORY, Stack
from ops.errors import DemijohnError
from ops.runner import Runner


def roll_back(
    host: Ssh, runner: Runner, console: Console, version: str | None, agree: Callable[[str], bool]
) -> None:
    """Replace the version that runs by an earlier one, by default the one before it.

    Raises DemijohnError when the host has no such version any more; then nothing was changed.
    """
    stack = Stack(host, runner)
    facts = look(stack, console)
    wanted = version or find_previous(stack, facts.version)
    if wanted == facts.version:
        raise DemijohnError(f"{host.name} runs version {wanted} already")
    if wanted not in (kept := list_kept(stack)):
        raise DemijohnError(f"{host.name} has no version {wanted!r}; it has kept {', '.join(kept) or 'none'}")
    with locked(stack, f"rollback to {wanted}"):
        check_reach(stack, facts.version, wanted)
        interrupted = find_interrupted(stack, wanted, facts)
        if interrupted and not agree(describe_interruption(interrupted)):
            raise DemijohnError("nothing was changed")

        # From here on things change.
        with noting(stack, "rollback", facts.version, wanted):
            stack.script("settle", wanted)
            rollout = Rollout(stack, console, facts.version, wanted)
            rollout.replace([service for service in SERVICES if service != "db"])
            rollout.complete()
            stack.script("finish", wanted, str(KEPT_RELEASES))
    console.result(f"{host.name} runs version {wanted}. It was {facts.version} before.")


def find_previous(stack: Stack, current: str) -> str:
    """Return the version that ran before the current one, according to the log."""
    ran = [entry["to"] for entry in read_log(stack) if entry["event"] == "done"]
    earlier = [version for version in ran if version != current]
    if not earlier:
        raise DemijohnError(f"{stack.ssh.name} has had no other version yet")
    return earlier[-1]


def list_kept(stack: Stack) -> list[str]:
    """Return the versions whose files and images the host has, the last used first."""
    return stack.run(["sh", "-c", 'ls -1t "$1" 2>/dev/null || :', "sh", str(DIRECTORY / "releases")])
