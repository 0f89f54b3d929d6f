"""Latency against throughput: where it bends, what was asked for, and the capacity between."""

import math
from statistics import median

from loadtests.capacity import Capacity, Ending, Trial
from loadtests.objectives import Objective
from loadtests.report.drawing import Drawing, finish
from loadtests.report.figures import tell_number, tell_time_mark
from loadtests.report.plot import Frame, Plot, width_of
from loadtests.report.scale import linear, logarithmic
from loadtests.report.trials import SHAPES, tell_trial
from loadtests.result import Outcome

PERCENTILES = ("p50", "p95", "p99")
ALIKE = 1.1
"""Rates closer than this are told apart by chance, and a line through each would zigzag."""


def draw_curve(width: float, capacity: Capacity) -> Drawing:
    """Draw the percentiles of each trial over what was achieved in it."""
    kind, objective = find_objective(capacity)
    limits = {name: limit / 1000 for name in PERCENTILES if (limit := getattr(objective, name, None))}
    passed = [trial for trial in capacity.trials if trial.outcome is Outcome.PASS]
    times = [value for trial in capacity.trials for name in PERCENTILES if (value := getattr(trial, name))]
    rates = [trial.achieved for trial in capacity.trials] + [capacity.value or 0, capacity.low or 0]
    frame = Frame(width, 380 if width > 600 else 340, right=108, top=40, bottom=42)
    x = linear(max(rates, default=1.0), *frame.across, count=8 if width > 600 else 4)
    plot = Plot(frame, x, logarithmic([*times, *limits.values()], *frame.up))
    shade_capacity(plot, capacity)
    for name in PERCENTILES:
        plot.line(find_medians(passed, name), name, name)
        if name in limits:
            plot.level(limits[name], f"limit {name}", f"{name} ≤ {tell_time_mark(limits[name])}")
    for trial in capacity.trials:
        mark_trial(plot, trial)
    plot.write(sum(frame.across) / 2, frame.height - 6, "answered a second", "unit", "middle")
    words = f"{capacity.conclusion} {len(capacity.trials)} trials; objectives are those of {kind}."
    return finish(plot, "curve", "Latency against throughput", words, "from the intended moment on")


def find_objective(capacity: Capacity) -> tuple[str, Objective]:
    """Return the objective that the lines are of, and the kind that it is for.

    That is the one kind that was asked for or, of a mix, the one that was the limit.
    """
    limiting = (capacity.limiting or "").partition(" of ")[2]
    kind = limiting if capacity.mix == "own" else capacity.mix
    if kind:
        return kind, capacity.objectives.of(kind)
    return "every kind", capacity.objectives.every


def find_medians(trials: list[Trial], name: str) -> list[tuple[float, float | None]]:
    """Return the line through the middle of the trials of about the same rate, by rising rate."""
    points: list[tuple[float, float | None]] = []
    steps = {trial.number: round(math.log(trial.rate) / math.log(ALIKE)) for trial in trials}
    for step in sorted(set(steps.values())):
        same = [trial for trial in trials if steps[trial.number] == step]
        values = [value for trial in same if (value := getattr(trial, name)) is not None]
        if values:
            points.append((median(trial.achieved for trial in same), median(values)))
    return points


def mark_trial(plot: Plot, trial: Trial) -> None:
    for name in PERCENTILES:
        value = getattr(trial, name)
        if value is not None:
            look = "invalid" if trial.outcome is Outcome.INVALID else name
            plot.dot(trial.achieved, value, SHAPES[trial.outcome], look, tell_trial(trial))


def shade_capacity(plot: Plot, capacity: Capacity) -> None:
    """Mark the capacity, or shade the range in which it lies."""
    if capacity.value is not None:
        plot.upright(capacity.value, "capacity")
        word = "at least" if capacity.ending is Ending.AT_LEAST else "capacity"
        name_capacity(plot, capacity.value, f"{word} {tell_number(capacity.value)}/s")
    elif capacity.low is not None:
        high = plot.x.high if capacity.high is None else capacity.high
        plot.band(capacity.low, high, "range")
        told = "" if capacity.high is None else f" to {tell_number(capacity.high)}"
        name_capacity(plot, (capacity.low + high) / 2, f"{tell_number(capacity.low)}{told}/s")


def name_capacity(plot: Plot, value: float, text: str) -> None:
    """Write the capacity's name above its mark, within the plot."""
    half = width_of(text) / 2
    left, right = plot.frame.across
    x = min(max(plot.x.place(value), left + half), right - half)
    plot.write(x, plot.frame.up[1] - 8, text, "capacity-name", "middle")
