"""What the report of a search for the capacity shows."""

from collections import Counter
from typing import Any

from loadtests.capacity import Capacity, Trial
from loadtests.report.curve import draw_curve
from loadtests.report.figures import tell_moment, tell_number, tell_share, tell_span, tell_time
from loadtests.report.page import NARROW, draw_both, render
from loadtests.report.scatter import Mark, draw_scatter
from loadtests.report.search import draw_search
from loadtests.report.trials import LOOKS, SHAPES, tell_trial
from loadtests.report.words import read_search


def render_capacity(capacity: Capacity) -> str:
    """Return the report of a search as HTML."""
    return render(
        "capacity.html",
        capacity=capacity,
        reading=read_search(capacity),
        outcomes=count_outcomes(capacity),
        best=find_best(capacity),
        curve=draw_both(lambda width: draw_curve(width, capacity)),
        scatter=draw_scatter(NARROW, "scatter", [mark(trial) for trial in capacity.trials], "one trial"),
        search=draw_search(NARROW, capacity),
        facts=list_facts(capacity),
    )


def mark(trial: Trial) -> Mark:
    shape, look = SHAPES[trial.outcome], LOOKS[trial.outcome]
    return Mark(trial.rate, trial.achieved, shape, look, tell_trial(trial))


def find_best(capacity: Capacity) -> Trial | None:
    """Return the passed trial of the highest rate; of several, the last."""
    passed = [trial for trial in capacity.trials if trial.outcome == "PASS"]
    return max(passed, key=lambda trial: (trial.rate, trial.number), default=None)


def count_outcomes(capacity: Capacity) -> str:
    """Return how many trials came to what."""
    counts = Counter(trial.outcome.value for trial in capacity.trials)
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()) or "none"


def list_facts(capacity: Capacity) -> dict[str, Any]:
    """Return what it was measured on and with."""
    canary = ", ".join(tell_time(seconds) for seconds in capacity.canary) or "not done"
    drift = f" (drift {tell_share(capacity.drift)})" if capacity.drift is not None else ""
    return {
        "search": capacity.id,
        "started": f"{tell_moment(capacity.started)}, took {tell_span(capacity.seconds)}",
        "host": capacity.host,
        "version": capacity.version,
        "workload": f"{capacity.workload}, mix {capacity.mix}",
        "objectives": capacity.objectives_name,
        "precision": tell_share(capacity.precision),
        "ceiling of the generators": f"{tell_number(capacity.ceiling)} a second",
        "fixed piece of work": f"{canary}{drift}",
    } | {name: str(value) for name, value in capacity.fingerprint.items() if name != "workload"}
