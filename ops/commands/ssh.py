"""ssh: commands on another host. Keys and addresses are ssh's own business, as in `~/.ssh/config`."""

import shlex
from dataclasses import dataclass
from pathlib import Path

CONNECT_SECONDS = 10
# A connection that was cut is noticed after this many seconds without a sign of life, three times.
ALIVE_SECONDS = 15
# A shared connection stays open for this long after its last command.
KEPT_SECONDS = 60


@dataclass(frozen=True)
class Ssh:
    """How a host is reached: `name` as ssh takes it, and `config` instead of the user's own `~/.ssh/config`.

    With `control`, a socket's path of at most 80 bytes, all commands share one connection; `close` ends it.
    """

    name: str
    config: Path | None = None
    control: Path | None = None

    def run(self, *command: str) -> list[str]:
        """Run a command on the host; the shell there reads these words as they are here."""
        return self.call("-T", "--", self.name, shlex.join(command))

    def script(self, *arguments: str) -> list[str]:
        """Run on the host the script that comes on standard input."""
        return self.run("sh", "-s", "--", *arguments)

    def close(self) -> list[str]:
        return self.call("-O", "exit", "--", self.name)

    def by_hand(self, command: str) -> str:
        """The line that a person types for a command on the host; it may ask for passwords."""
        elsewhere = ["-F", str(self.config)] if self.config else []
        return shlex.join(["ssh", *elsewhere, "-t", self.name, command])

    def call(self, *arguments: str) -> list[str]:
        # Nobody is there to answer a question.
        options = [
            "BatchMode=yes",
            f"ConnectTimeout={CONNECT_SECONDS}",
            f"ServerAliveInterval={ALIVE_SECONDS}",
        ]
        if self.control:
            options += ["ControlMaster=auto", f"ControlPath={self.control}", f"ControlPersist={KEPT_SECONDS}"]
        elsewhere = ["-F", str(self.config)] if self.config else []
        return ["ssh", *elsewhere, *(word for option in options for word in ("-o", option)), *arguments]
