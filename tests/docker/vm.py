"""Stand-ins for virtual machines: privileged containers with systemd, sshd and an engine's place.

What they cannot show: a kernel of their own, so neither swap nor modules nor kernel settings, and the clock,
which no container may set. systemd runs, so units, timers and a restart of the host are real.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ops.provisioning import STEPS
from tests.docker import images
from tests.docker.containers import running, wait_for
from tests.docker.engine import Engine
from tests.docker.process import execute
from tests.docker.product import ROOT
from tests.ports import free_port

# systemd 257 runs on a host with cgroups of version 1 only when it is told to; on others this says nothing.
_COMMAND_LINE = "systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"
_RUN = (
    "--privileged",
    "--cgroupns=private",
    "--hostname=vm",
    "--tmpfs=/run",
    "--tmpfs=/run/lock",
    "--volume=/var/lib/docker",
    "--env=container=docker",
    f"--env=SYSTEMD_PROC_CMDLINE={_COMMAND_LINE}",
)
_CONFIG = """\
Host vm
    HostName 127.0.0.1
    Port {port}
    IdentityFile {directory}/key
    IdentitiesOnly yes
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
"""

# What a machine is, in a few lines that can be compared: packages, accounts, settings, units, firewall.
_STATE = """
dpkg-query -W | sha256sum
find /etc /home /srv /usr/local /var/lib/systemd -type f -exec sha256sum {} + | sort
find /etc /home /srv -printf '%p %U:%G %m %l\\n' | sort
nft --stateless list ruleset 2>/dev/null || :
"""

Words = subprocess.CompletedProcess[str]


class Trial(NamedTuple):
    """A dry run, and the machine's state before and after it."""

    done: Words
    before: str
    after: str


@dataclass(frozen=True)
class Vm:
    """A machine that ssh knows as `vm`; `directory` holds its key and ssh's configuration."""

    engine: Engine
    container: str
    directory: Path

    @property
    def public_key(self) -> str:
        return (self.directory / "key.pub").read_text().strip()

    @property
    def environment(self) -> Mapping[str, str]:
        """What `./demijohn` needs in its environment to reach the machine as `root@vm`."""
        return {"DEMIJOHN_SSH_CONFIG": f"{self.directory}/config", "DEMIJOHN_HOME": str(self.directory)}

    @property
    def address(self) -> str:
        """Where other containers reach the machine."""
        template = "{{.NetworkSettings.IPAddress}}"
        return self.engine.run("inspect", "--format", template, self.container).stdout.strip()

    def demijohn(self, *words: str, timeout: float = 400) -> Words:
        """Run the repository's `./demijohn`, which finds the machine; its exit code is not looked at."""
        return subprocess.run(
            [ROOT / "demijohn", *words],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def ssh(self, user: str, *words: str, check: bool = True) -> Words:
        """Run a command on the machine as a user who logs in with the key."""
        config = ("-F", self.directory / "config", "-o", "BatchMode=yes")
        return execute("ssh", *config, f"{user}@vm", *words, check=check)

    def run(self, script: str, *, check: bool = True) -> Words:
        """Run a shell script as root, past sshd."""
        return self.engine.run("exec", self.container, "sh", "-c", script, check=check)

    def describe_state(self) -> str:
        """What provisioning could change, as lines that are the same as long as nothing does."""
        return self.run(_STATE).stdout

    def wait(self) -> None:
        """Wait until the machine has started and lets its key in."""
        wait_for(lambda: self.ssh("root", "true", check=False).returncode == 0)
        wait_for(lambda: self.run("systemctl is-system-running", check=False).stdout != "starting\n")

    def restart(self) -> None:
        self.engine.run("restart", self.container)
        self.wait()


@contextmanager
def start_vm(engine: Engine, suite: str, directory: Path) -> Iterator[Vm]:
    """A machine with nothing but a key for root, removed at the end."""
    image = images.ensure_vm(engine, suite)
    port = free_port()
    execute("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "tests", "-f", directory / "key")
    (directory / "config").write_text(_CONFIG.format(port=port, directory=directory))
    with running(engine, *_RUN, f"--publish=127.0.0.1:{port}:22", image) as container:
        vm = Vm(engine, container, directory)
        keys = f"echo '{vm.public_key}' >/root/.ssh/authorized_keys"
        vm.run(f"install -d -m 0700 /root/.ssh && {keys}")
        vm.wait()
        yield vm


def outcomes(done: Words) -> dict[str, str]:
    """How each step ended, by the name of its file."""
    shown = dict(
        re.findall(r"^(.+): (nothing to do|would change|changed|failed) \(", done.stderr, re.MULTILINE)
    )
    return {step.name: shown[step.title] for step in STEPS if step.title in shown}
