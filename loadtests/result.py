"""What a run found, and how it is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field

FAULTS_SHOWN = 10


@dataclass(frozen=True)
class Kind:
    """All requests of one kind; `percentiles` (50, 95, 99) in milliseconds as locust has them."""

    name: str
    requests: int
    wrong: int
    percentiles: tuple[int, ...]


@dataclass(frozen=True)
class Account:
    """What a scenario found when it compared what it sent with what the target says of it."""

    summary: str
    faults: list[str] = field(default_factory=list)


@dataclass
class Result:
    """All that one run found; `seconds` is how long the load lasted."""

    seconds: float = 0.0
    kinds: list[Kind] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    interrupted: bool = False

    @property
    def requests(self) -> int:
        return sum(kind.requests for kind in self.kinds)

    @property
    def right(self) -> bool:
        """Whether something was asked, every answer was right, and every account agrees."""
        agreed = not any(account.faults for account in self.accounts)
        return bool(self.requests) and not self.wrong and agreed


def format_result(result: Result, offered: float) -> Iterator[str]:
    """Yield the lines that tell `result` of a run that offered so many requests a second."""
    yield from format_table(result.kinds, result.seconds)
    rate = result.requests / result.seconds if result.seconds else 0.0
    yield (
        f"{result.requests:,} requests in {result.seconds:.1f} s: {rate:,.0f}/s of {offered:,.0f}/s offered"
    )
    yield from (account.summary for account in result.accounts)
    faults = result.wrong + [fault for account in result.accounts for fault in account.faults]
    if not result.requests:
        faults.append("nothing was asked")
    yield "Wrong answers: none" if not faults else "WRONG ANSWERS"
    yield from (f"  {fault}" for fault in faults[:FAULTS_SHOWN])
    if len(faults) > FAULTS_SHOWN:
        yield f"  and {len(faults) - FAULTS_SHOWN} more"


def format_table(kinds: list[Kind], seconds: float) -> list[str]:
    """Return the lines of a table of `kinds`, whose requests were answered within `seconds`."""
    head = ["kind", "requests", "per s", "wrong", "p50 ms", "p95 ms", "p99 ms"]
    rows = [head, *(format_row(kind, seconds) for kind in kinds)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]


def format_row(kind: Kind, seconds: float) -> list[str]:
    """Return the cells of one line of the table."""
    # Locust counts in whole milliseconds.
    times = [f"{value:,}" if value else "<1" for value in kind.percentiles]
    rate = kind.requests / seconds if seconds else 0.0
    return [kind.name, f"{kind.requests:,}", f"{rate:,.1f}", f"{kind.wrong:,}", *times]
