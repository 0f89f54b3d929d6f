"""The schema on a host: what a release would change, and which code suits it."""

import json
from collections.abc import Sequence
from typing import NoReturn

from ops.console import Console
from ops.deploying.stack import Stack
from ops.errors import CommandFailed, DemijohnError

# Of `flask migrations`: no, and no answer.
REFUSALS = (1, 2)
HEADS = ("python", "-m", "flask", "db", "heads")


def check_migrations(stack: Stack, console: Console, old: str, new: str) -> bool:
    """Show what is pending; return whether anything is. Raises DemijohnError when it would harm `old`."""
    heads = stack.run(stack.compose(old).execute("web-a", HEADS))
    check = ("check", "--running", heads[-1].split()[0])
    try:
        with console.step("Looking at the migrations") as step:
            found = json.loads("\n".join(ask(stack, new, *check, "--json")))
            step.outcome = f"{len(found['pending'])} pending"
    except CommandFailed as failed:
        refuse(
            failed,
            f"version {new} does not suit the schema that version {old} runs on",
            tell(stack, new, *check),
        )
    for migration in found["pending"]:
        console.say(f"  {migration['revision']}  {migration['title']}")
    return bool(found["pending"])


def check_reach(stack: Stack, current: str, wanted: str) -> None:
    """Raise DemijohnError when the schema has gone beyond what the code of `wanted` can run on."""
    try:
        ask(stack, current, "reaches", read_head(stack, wanted))
    except CommandFailed as failed:
        way_on = "Deploy a version that suits this schema, or restore a backup from before the change."
        refuse(failed, f"version {wanted} cannot come back", [*failed.lines, way_on])


def refuse(failed: CommandFailed, what: str, why: Sequence[str]) -> NoReturn:
    """Raise DemijohnError if a question was answered with no; what failed otherwise is raised again."""
    if failed.status not in REFUSALS:
        raise failed
    told = "".join(f"\n  {line}" for line in why)
    raise DemijohnError(f"{what}, and nothing was changed:{told}\ndocs/migrations.md tells more") from failed


def ask(stack: Stack, version: str, *words: str) -> list[str]:
    """Ask the migrations of a version, which need not run yet."""
    question = ["python", "-m", "flask", "migrations", *words]
    return stack.run(stack.compose(version).once("migrate", question))


def tell(stack: Stack, version: str, *words: str) -> list[str]:
    """Return what the same question answers in words."""
    try:
        return ask(stack, version, *words)
    except CommandFailed as failed:
        return failed.lines


def read_head(stack: Stack, version: str) -> str:
    """Return the newest revision that the code of a version knows, which need not run."""
    return stack.run(stack.compose(version).once("migrate", HEADS))[-1].split()[0]
