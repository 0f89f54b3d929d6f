"""What changed between two runs, as the cells of a table."""

from collections.abc import Callable
from dataclasses import dataclass

from loadtests.comparison import Change, Comparison, Verdict
from loadtests.report.figures import NONE, tell_change, tell_number, tell_share, tell_time

TELLERS: dict[str, Callable[[float | None], str]] = {"s": tell_time, "1/s": tell_number, "share": tell_share}


@dataclass(frozen=True)
class Cell:
    """One figure: how it changed, from what to what, and what keeps it from being judged."""

    measure: str
    change: str
    base: str
    new: str
    verdict: str
    note: str


@dataclass(frozen=True)
class Row:
    kind: str
    cells: list[Cell]


def list_differences(comparison: Comparison) -> list[Row]:
    """Return a row for all requests, and one for each kind."""
    every = (comparison.total, *comparison.kinds)
    return [Row(changes.kind, [describe(change) for change in changes.changes]) for changes in every]


def describe(change: Change) -> Cell:
    tell = TELLERS[change.unit]
    silent = change.verdict in (Verdict.TOO_FEW, Verdict.TOO_NOISY)
    return Cell(
        measure=change.measure.value,
        change=tell_ratio(change),
        base=tell(change.base),
        new=tell(change.new),
        verdict=change.verdict.value,
        note=change.verdict.value if silent else "",
    )


def tell_ratio(change: Change) -> str:
    """Return the change as a percentage of the base or, of a share, in hundredths."""
    if change.base is None or change.new is None:
        return NONE
    if change.unit == "share":
        points = (change.new - change.base) * 100
        return f"{points:+.3g} points" if points else "±0"
    return tell_change(change.new / change.base if change.base else None)
