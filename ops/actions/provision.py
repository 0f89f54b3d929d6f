"""Make a fresh host ready for deploys, over ssh or as user data for cloud-init."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ops.commands.ssh import Ssh
from ops.console import Console
from ops.errors import CommandFailed, DemijohnError
from ops.hosts import SSH_FAILED, describe_unreachable
from ops.provisioning import STEPS
from ops.provisioning.cloud_init import render_user_data
from ops.provisioning.protocol import MARK, Event, read_events
from ops.provisioning.script import DRY_RUN, render_script
from ops.runner import Runner

TITLES = {step.name: step.title for step in STEPS}
OUTCOMES = {"same": "nothing to do", "changed": "changed", "differs": "would change"}
KEY_TYPES = ("ssh-", "ecdsa-", "sk-")


def provision_host(host: Ssh, runner: Runner, console: Console, *, dry_run: bool) -> None:
    """Run every step on the host that has something to do there, or say which would.

    Raises DemijohnError when the host cannot be reached or refuses, and at the first step that fails.
    """
    command = host.script(DRY_RUN) if dry_run else host.script()
    lines = runner.follow(command, stdin=render_script())
    try:
        outcomes = follow_steps(host, read_events(show(lines, console)), console)
    except CommandFailed as failed:
        raise DemijohnError(describe_loss(host, failed.status, failed.lines)) from failed
    console.result(summarize(host, outcomes))


def show(lines: Iterable[str], console: Console) -> Iterator[str]:
    """Pass lines on, and show next to the running step's spinner those that programs print."""
    for line in lines:
        if not line.startswith(MARK):
            console.output(line)
        yield line


def follow_steps(host: Ssh, events: Iterator[Event], console: Console) -> dict[str, str]:
    """Show each step as the host reports it; return the word that ended each, by name."""
    outcomes: dict[str, str] = {}
    for event in events:
        if event.word == "refused":
            raise DemijohnError(describe_refusal(host, event))
        if event.word == "lost":
            raise DemijohnError(describe_loss(host, 0, event.printed))
        if event.word == "begin":
            with console.step(TITLES[event.subject]) as step:
                end = next(events)
                if end.word == "failed":
                    raise DemijohnError(describe_failure(host, event.subject, end))
                if end.word == "lost":
                    raise DemijohnError(describe_loss(host, 0, [MARK, *end.printed]))
                step.outcome = OUTCOMES[end.word]
            outcomes[event.subject] = end.word
    return outcomes


def summarize(host: Ssh, outcomes: dict[str, str]) -> str:
    changed = [TITLES[name] for name, word in outcomes.items() if word != "same"]
    if not changed:
        return f"{host.name} is ready: nothing had to change."
    if "differs" in outcomes.values():
        return f"On {host.name}, {len(changed)} of {len(outcomes)} steps would change something."
    return f"{host.name} is ready: {len(changed)} of {len(outcomes)} steps changed something."


def describe_failure(host: Ssh, name: str, event: Event) -> str:
    said = "".join(f"\n  {line}" for line in event.printed)
    return f"on {host.name}, the step `{TITLES[name]}` failed with status {event.rest}:{said}\n{mend(host)}"


def mend(host: Ssh) -> str:
    return f"Mend this, then run ./demijohn provision {host.name} again: what is done already stays as it is."


def describe_refusal(host: Ssh, event: Event) -> str:
    text = f"{host.name} was left as it is. {event.rest}"
    if event.subject != "root":
        return text
    root = as_root(host.name)
    give_keys = "sudo install --backup=numbered -D -m 600 ~/.ssh/authorized_keys /root/.ssh/authorized_keys"
    return (
        f"{text} If that user may use sudo, this lets your key in as root:\n"
        f"  {host.by_hand(give_keys)}\n"
        f"Then run ./demijohn provision {root}"
    )


def as_root(name: str) -> str:
    """Given a host as ssh takes it, return it with root as its user."""
    scheme, _, address = name.rpartition("://")
    return f"{scheme}://root@{address.rpartition('@')[2]}" if scheme else f"root@{address.rpartition('@')[2]}"


def describe_loss(host: Ssh, status: int, lines: Sequence[str]) -> str:
    """Say what is known of a host that did not run the script to its end."""
    if any(line.startswith(MARK) for line in lines):
        return f"the connection to {host.name} ended in the midst of it.\n{mend(host)}"
    if status == SSH_FAILED:
        return describe_unreachable(host, lines)
    said = "".join(f"\n  {line}" for line in lines)
    return f"{host.name} ran nothing of this and ended with status {status}:{said or ' it said nothing'}"


def write_user_data(key_file: Path, console: Console) -> None:
    """Print the user data of a host for whose deploy user the file has public keys.

    Raises DemijohnError when it has none, or something else.
    """
    console.file(render_user_data(read_keys(key_file)))


def read_keys(file: Path) -> list[str]:
    """Given a file like `~/.ssh/id_ed25519.pub`, return its public keys."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DemijohnError(f"{file} cannot be read: {error}; give a file of public keys") from error
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not keys or not all(key.startswith(KEY_TYPES) for key in keys):
        raise DemijohnError(f"{file} holds something else than public keys: give the file that ends in .pub")
    return keys
