"""What follows from the trials of a search."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import median

from loadtests.capacity import DRIFT_MAX, Capacity, Ending, Trial
from loadtests.result import Outcome
from loadtests.search import CONFIRMATIONS, HOLD, Answer, Search
from loadtests.verdict import CEILING_SHARE


def conclude(capacity: Capacity, search: Search | None, interrupted: bool) -> None:
    """Write into `capacity` what its trials and the end of the search come to."""
    capacity.low, capacity.high = find_bounds(capacity.trials)
    capacity.value = search.value if search else None
    capacity.ending = find_ending(capacity, search, interrupted)
    if capacity.ending is Ending.RANGE:
        capacity.low, capacity.high = find_range(capacity.trials)
    elif capacity.value is not None:
        capacity.low = capacity.value
    if capacity.ending not in (Ending.FOUND, Ending.AT_LEAST):
        capacity.value = None
    capacity.limiting = find_limiting(capacity.trials, capacity.low or 0.0)
    capacity.conclusion = tell(capacity, search.why if search else "")


def find_ending(capacity: Capacity, search: Search | None, interrupted: bool) -> Ending:
    if interrupted or search is None or search.answer is None:
        return Ending.INTERRUPTED
    confirmed = search.answer in (Answer.FOUND, Answer.AT_LEAST)
    if confirmed and capacity.drift is not None and capacity.drift > DRIFT_MAX:
        return Ending.RANGE
    return Ending(search.answer.value)


def find_bounds(trials: Sequence[Trial]) -> tuple[float | None, float | None]:
    """Return the highest rate that keeps the objectives and the lowest above it that does not.

    A rate counts as too high when two trials at it failed and no more of them passed.
    """
    passed = Counter(trial.rate for trial in trials if trial.outcome is Outcome.PASS)
    failed = Counter(trial.rate for trial in trials if trial.outcome is Outcome.FAIL)
    lost = [rate for rate, times in failed.items() if times > 1 and times >= passed[rate]]
    low = max((rate for rate in passed if rate not in lost), default=None)
    return low, min((rate for rate in lost if low is None or rate > low), default=None)


def find_range(trials: Sequence[Trial]) -> tuple[float | None, float | None]:
    """Return the highest rate that passed below every failure, and what lies above every pass.

    The latter is the lowest rate that failed there, or the highest that passed where none did.
    """
    passed = [trial.rate for trial in trials if trial.outcome is Outcome.PASS]
    failed = [trial.rate for trial in trials if trial.outcome is Outcome.FAIL]
    safe = [rate for rate in passed if rate < min(failed, default=math.inf)]
    above = [rate for rate in failed if rate > max(passed)]
    return max(safe, default=min(passed)), min(above, default=max(passed))


def find_limiting(trials: Sequence[Trial], low: float) -> str | None:
    """Return the criterion that most trials missed at the lowest rate above `low` at which any did."""
    failed = [trial for trial in trials if trial.outcome is Outcome.FAIL and trial.rate > low]
    nearest = min((trial.rate for trial in failed), default=None)
    missed = Counter(what for trial in failed if trial.rate == nearest for what in trial.missed)
    return missed.most_common(1)[0][0] if missed else None


def note_canary(capacity: Capacity, canary: Sequence[float]) -> None:
    """Write into `capacity` how the host was in the first, second and last third of `canary`.

    A single time may be disturbed; the median of a third says how the host was.
    """
    third = max(1, len(canary) // 3)
    parts = [canary[:third], canary[third:-third], canary[-third:]]
    capacity.canary = [median(part) for part in parts if part]
    capacity.drift = max(capacity.canary) / min(capacity.canary) - 1 if len(canary) > 2 else None


def tell(capacity: Capacity, why: str) -> str:
    """Return one sentence for people, or two."""
    value, low, high = (tell_rate(rate) for rate in (capacity.value, capacity.low, capacity.high))
    missed = f"Above it, {capacity.limiting} is missed." if capacity.limiting else ""
    sentences = {
        Ending.FOUND: f"{value}: confirmed by {CONFIRMATIONS} trials, and held at {HOLD:.0%}. {missed}",
        Ending.AT_LEAST: f"At least {value}: more is over {CEILING_SHARE:.0%} of the generators' ceiling. "
        "With more --workers the search goes on.",
        Ending.RANGE: f"From {low} to {high}: the host's speed changed by {capacity.drift or 0:.0%} "
        "meanwhile, so one number would say too much.",
        Ending.NONE: f"Not even {high}: {capacity.limiting} is missed.",
        Ending.UNRESOLVED: f"Unresolved: {why}. {tell_known(capacity)}",
        Ending.INTERRUPTED: f"Interrupted after {len(capacity.trials)} trials. {tell_known(capacity)}",
    }
    return sentences[capacity.ending or Ending.INTERRUPTED].strip()


def tell_known(capacity: Capacity) -> str:
    kept = f"{tell_rate(capacity.low)} passed" if capacity.low else "no rate passed"
    return f"Until then {kept}" + (f", {tell_rate(capacity.high)} failed." if capacity.high else ".")


def tell_rate(rate: float | None) -> str:
    return "no rate" if rate is None else f"{rate:,.0f}/s"
