"""What makes a host ready, step by step, in the order in which it is done.

A step is a file of `steps/` with two functions: `check`, which ends with 0 when there is nothing to do and
changes nothing, and `change`. `frame.sh` says what both may use.
"""

from dataclasses import dataclass
from pathlib import Path

PLACE = Path(__file__).parent


@dataclass(frozen=True)
class Step:
    """`name` is that of its file; `title` is what a person is shown."""

    name: str
    title: str

    @property
    def text(self) -> str:
        return (PLACE / "steps" / f"{self.name}.sh").read_text(encoding="utf-8")


STEPS = (
    Step("time", "Time kept right"),
    Step("updates", "Security updates by themselves"),
    Step("journal", "Journal within limits"),
    Step("swap", "Swap where memory is small"),
    Step("firewall", "Firewall: ssh, 80 and 443"),
    Step("engine-settings", "Docker's settings"),
    Step("engine", "Docker and Compose"),
    Step("deployer", "User deploy"),
    Step("directory", "Directory /srv/demijohn"),
)
