"""What a host says while it is provisioned, read line by line."""

from collections.abc import Iterator
from dataclasses import dataclass, field

MARK = "::demijohn:: "
KEPT_LINES = 15


@dataclass(frozen=True)
class Event:
    """One word of the script: `hello`, `begin`, `same`, `differs`, `changed`, `failed`, `refused` or `end`;
    `lost` when the lines end before.

    `subject` is the step's name or, for a refusal, its reason in a word; `rest` what follows. `printed`
    holds the last lines that programs have printed since the event before.
    """

    word: str
    subject: str = ""
    rest: str = ""
    printed: list[str] = field(default_factory=list)


def read_events(lines: Iterator[str]) -> Iterator[Event]:
    """Given the lines of a host, yield the events; unless the last of them is `end`, `lost` follows."""
    printed: list[str] = []
    word = ""
    for line in lines:
        if not line.startswith(MARK):
            printed = [*printed, line][-KEPT_LINES:]
            continue
        word, subject, rest = [*line.removeprefix(MARK).split(" ", 2), "", ""][:3]
        yield Event(word, subject, rest, printed)
        printed = []
    if word != "end":
        yield Event("lost", printed=printed)
