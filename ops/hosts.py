"""Hosts that are reached over ssh, and what to do when one is not."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.commands.ssh import Ssh
from ops.errors import CommandFailed, DemijohnError
from ops.runner import Runner

# ssh's own exit code; any other is that of the command on the host.
SSH_FAILED = 255


def find_host(name: str, environ: Mapping[str, str]) -> Ssh:
    """Given a host as ssh takes it and the environment, return how it is reached.

    DEMIJOHN_SSH_CONFIG names a file of ssh's to be read instead of `~/.ssh/config`. Raises DemijohnError
    when the name cannot be one, or the file is missing.
    """
    if not name or name.startswith("-") or any(letter.isspace() for letter in name):
        raise DemijohnError(f"{name!r} is no host: give one as ssh takes it, for example root@203.0.113.7")
    config = environ.get("DEMIJOHN_SSH_CONFIG")
    if config and not Path(config).is_file():
        raise DemijohnError(f"DEMIJOHN_SSH_CONFIG is {config!r}, and there is no such file: mend or unset it")
    return Ssh(name, Path(config).resolve() if config else None)


@contextmanager
def connected(host: Ssh, runner: Runner) -> Iterator[Ssh]:
    """Give the same host, whose commands share one connection for as long as the block runs."""
    with TemporaryDirectory(prefix="dj-") as directory:
        sharing = replace(host, control=Path(directory, "ssh"))
        try:
            yield sharing
        finally:
            with suppress(CommandFailed):  # there was no connection, or it was cut
                runner.run(sharing.close())


def describe_unreachable(host: Ssh, lines: Sequence[str]) -> str:
    """Given a host and what ssh printed about it, return what is wrong and what to do."""
    said = "".join(f"\n  {line}" for line in lines)
    return f"{host.name} cannot be reached over ssh:{said}\n{advise(host, ' '.join(lines))}"


def advise(host: Ssh, said: str) -> str:
    by_hand = host.by_hand("true")
    if "Host key verification failed" in said:
        return f"Its host key is not known here. Compare it and accept it once:\n  {by_hand}"
    if "Permission denied" in said:
        return f"It takes none of your keys, or only with a password. Try it by hand:\n  {by_hand}"
    return f"Try it by hand, until it needs neither password nor question:\n  {by_hand}"
