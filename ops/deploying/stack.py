"""The stack on a host: what is known of it, and commands that run there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import PurePosixPath

from ops.commands import docker
from ops.commands.compose import Compose
from ops.commands.ssh import Ssh
from ops.deploying.release import COMPOSE_FILE, ENV_FILE
from ops.errors import CommandFailed, DemijohnError
from ops.hosts import SSH_FAILED, describe_unreachable
from ops.runner import Runner

DIRECTORY = PurePosixPath("/srv/demijohn")
SLOT_QUESTION = ("python", "-SI", "web/slot.py", "ask")


@dataclass(frozen=True)
class Facts:
    """What `look.sh` found: versions, KiB of free disk, the version that is current there."""

    values: dict[str, str] = field(default_factory=dict)

    def __getattr__(self, name: str) -> str:
        return self.values.get(name, "")


class Stack:
    """The stack below /srv/demijohn of one host."""

    def __init__(self, ssh: Ssh, runner: Runner) -> None:
        self.ssh = ssh
        self.runner = runner

    def run(self, command: Sequence[str]) -> list[str]:
        """Run a command on the host; raises DemijohnError, with what to do, when ssh does not get there."""
        try:
            return self.runner.run(self.ssh.run(*command))
        except CommandFailed as failed:
            raise self.explain(failed) from failed

    def script(self, name: str, *arguments: str) -> list[str]:
        """Run one of the scripts beside this file on the host; return the lines it printed."""
        words = (str(DIRECTORY), *arguments)
        try:
            return self.runner.run(self.ssh.script(*words), stdin=read_script(name))
        except CommandFailed as failed:
            raise self.explain(failed) from failed

    def explain(self, failed: CommandFailed) -> DemijohnError:
        if failed.status == SSH_FAILED:
            return DemijohnError(describe_unreachable(self.ssh, failed.lines))
        return failed

    def look(self) -> Facts:
        lines = self.script("look")
        return Facts(dict(line.split("=", 1) for line in lines if "=" in line))

    def compose(self, version: str) -> Compose:
        """Compose on the host with the files of a release that was sent there."""
        release = DIRECTORY / "releases" / version
        return Compose(str(release / COMPOSE_FILE), release / ENV_FILE, DIRECTORY)

    def ask_slot(self, version: str, service: str, path: str) -> str:
        """Return what one slot answers to GET `path`; raises CommandFailed unless the status is 200."""
        return "\n".join(self.run(self.compose(version).execute(service, [*SLOT_QUESTION, path])))

    def list_layers(self) -> list[list[str]]:
        """Return the layers of every image that is there."""
        return [json.loads(line) for line in self.run(docker.all_layers())]


def read_script(name: str, *, keep_input: bool = False) -> str:
    """Return a script in braces: a shell reads those to their end before it runs any of it.

    One that came on standard input must not read on there, unless it is to `keep_input`.
    """
    text = files(__package__).joinpath(f"{name}.sh").read_text(encoding="utf-8")
    return f"{{\nset -eu\n{text}}}{'' if keep_input else ' </dev/null'}\n"
