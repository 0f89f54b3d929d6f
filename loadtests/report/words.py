"""The verdict in plain words: what it means, what it rests on, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from loadtests.capacity import Capacity, Ending
from loadtests.comparison import Comparison, Verdict
from loadtests.report.differences import list_differences
from loadtests.report.figures import tell_number
from loadtests.result import Finding, Outcome, Result

MEANINGS = {
    Outcome.PASS: "The answers were right, the generators kept their time, and every objective was met.",
    Outcome.FAIL: "The target missed what was asked of it.",
    Outcome.REGRESSION: "The objectives were met, but it is worse than the base it was compared with.",
    Outcome.INVALID: "It could not be measured well: this says nothing about the target, good or bad.",
}
UNJUDGED = "It ended before it could be judged. The figures are what there was until then."
UNFINISHED = "It ended before there was anything to conclude. The trials are those that were made."
TONES: dict[StrEnum | None, str] = {
    Outcome.PASS: "good",
    Outcome.FAIL: "bad",
    Outcome.REGRESSION: "bad",
    Ending.FOUND: "good",
    Ending.AT_LEAST: "good",
    Ending.NONE: "bad",
}
"""What is not here is in doubt."""
ADVICE = {
    "lateness of its clock (p99)": "Give the generators cores of their own, or add generators.",
    "share of a core that it used": "Add generators: a busy one measures itself.",
    "periods throttled by a CPU quota": "Take the CPU quota away from the generators.",
    "time stolen by other machines": "Other machines use this processor: measure on a quieter host.",
    "local ports in use": "Add generators on other addresses; see whether the target keeps connections open.",
    "drift of a fixed piece of work": "The host changed its speed: measure again when it is quiet.",
    "share of the ceiling in use": "Add generators, or calibrate again if there are more than there were.",
    "interruption": "Let it run to its end.",
    "mishaps": "See what became of the generators, and run it again.",
}


@dataclass(frozen=True)
class Reading:
    """What a reader should know first."""

    headline: str
    tone: str
    meaning: str
    reasons: Sequence[str]
    advice: Sequence[str] = ()
    partial: bool = False


def read_run(result: Result, comparison: Comparison | None = None) -> Reading:
    """Return what a run, and what it was compared with, comes to."""
    missed = [finding for finding in result.findings if not finding.held]
    outcome = result.outcome
    reasons = phrase(missed)
    if comparison and comparison.outcome is not Outcome.PASS:
        outcome = comparison.outcome if outcome is Outcome.PASS else outcome
        reasons += list_worse(comparison)
    known = [ADVICE[finding.what] for finding in missed if finding.what in ADVICE]
    return Reading(
        headline=outcome.value if outcome else "NOT JUDGED",
        tone=TONES.get(outcome, "doubt"),
        meaning=MEANINGS[outcome] if outcome else UNJUDGED,
        reasons=reasons,
        advice=list(dict.fromkeys(known)),
        partial=result.interrupted or outcome is None,
    )


def read_search(capacity: Capacity) -> Reading:
    """Return what a search for the capacity comes to."""
    ending = capacity.ending
    return Reading(
        headline=tell_capacity(capacity),
        tone=TONES.get(ending, "doubt"),
        meaning=capacity.conclusion or UNFINISHED,
        reasons=[],
        partial=ending in (None, Ending.INTERRUPTED),
    )


def tell_capacity(capacity: Capacity) -> str:
    """Return the capacity as a number, a range, or what is known of it."""
    low, high = tell_number(capacity.low), tell_number(capacity.high)
    if capacity.ending is Ending.NONE:
        return f"less than {high} a second"
    if capacity.value is not None:
        least = "at least " if capacity.ending is Ending.AT_LEAST else ""
        return f"{least}{tell_number(capacity.value)} a second"
    if capacity.low is None:
        return "not known"
    return f"at least {low} a second" if capacity.high is None else f"{low} to {high} a second"


def list_worse(comparison: Comparison) -> list[str]:
    """Return a line for each figure that got worse or, where none did, the comparison's own remarks."""
    base = comparison.base.version
    worse = [
        f"{row.kind}: {cell.measure} {cell.change} since {base}, from {cell.base} to {cell.new}"
        for row in list_differences(comparison)
        for cell in row.cells
        if cell.verdict == Verdict.REGRESSION
    ]
    return worse or comparison.remarks


def phrase(missed: Sequence[Finding]) -> list[str]:
    """Return what was found and what was asked for: a line for each kind and phase."""
    lines: dict[str, list[str]] = {}
    for finding in missed:
        place = f"{finding.about} in “{finding.phase}”" if finding.phase else finding.about
        told = f"{finding.what} {finding.found} (asked for: {spell(finding.limit)})"
        lines.setdefault(place, []).append(told)
    return [f"{place}: {', '.join(told)}" for place, told in lines.items()]


def spell(limit: str) -> str:
    """Return a limit without signs."""
    return limit.replace("≤ ", "at most ").replace("≥ ", "at least ")
