"""What can go wrong in a way that we expect, and the exit codes.

    DemijohnError         what is wrong and what to do, in a line or a few: exit 1
    ├── SettingsError     every problem of `.env` at once
    ├── CommandFailed     a command that we ran ended with another status than 0
    └── ServiceFailed     a service did not become healthy

Everything else that is raised is a bug of ours: exit 70, the traceback in a file. Exit codes 2
(an objective of a load run was missed), 3 (a regression) and 4 (a measurement is invalid) belong
to load runs and are passed on from them.
"""

import shlex
from collections.abc import Sequence
from enum import IntEnum

LAST_LINES = 15
DISK_FULL = ("No space left on device", "errno 28", "errno: 28", "Got error 28", "OS error 28")


class ExitCode(IntEnum):
    DONE = 0
    EXPECTED_ERROR = 1
    BUG = 70
    INTERRUPTED = 130


class DemijohnError(Exception):
    """Something that the person at the terminal can mend; the text says how."""


class Terminated(KeyboardInterrupt):
    """Somebody asked this process to end (SIGTERM), unlike Ctrl-C, which all at the terminal receive."""


class SettingsError(DemijohnError):
    """The settings do not hold; `problems` has one sentence each."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        count = "a problem" if len(self.problems) == 1 else f"{len(self.problems)} problems"
        super().__init__(f"{source} has {count}:\n" + "\n".join(f"  - {p}" for p in self.problems))


class CommandFailed(DemijohnError):  # noqa: N818 - the name says it
    """A command ended with `status`; `lines` holds what it printed."""

    def __init__(self, command: Sequence[str], status: int, lines: Sequence[str]) -> None:
        self.command, self.status, self.lines = list(command), status, list(lines)
        last = "".join(f"\n  {line}" for line in last_words(self.lines))
        super().__init__(
            f"`{shlex.join(self.command)}` failed with status {status}{':' if last else ''}{last}"
            f"{disk_full_hint(self.lines)}"
        )


def last_words(lines: Sequence[str]) -> Sequence[str]:
    """Given what a program printed, return its end, and its report of an error whole."""
    reports = [number for number, line in enumerate(lines) if line.startswith("Error: ")]
    return lines[min([*reports[-1:], max(0, len(lines) - LAST_LINES)]) :]


class ServiceFailed(DemijohnError):  # noqa: N818
    """A service did not become healthy; `lines` are the last ones of its log."""

    def __init__(self, service: str, what: str, lines: Sequence[str] = ()) -> None:
        self.service, self.lines = service, list(lines)
        super().__init__(
            f"{service} {what}; ./demijohn logs {service} tells more{disk_full_hint(self.lines)}"
        )


def disk_full_hint(lines: Sequence[str]) -> str:
    """Given what a program printed, return a sentence when it ran out of disk space, or nothing."""
    if any(sign.lower() in line.lower() for line in lines for sign in DISK_FULL):
        return "\nThe disk is full: make room, then run this again."
    return ""
