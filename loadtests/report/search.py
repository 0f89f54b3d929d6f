"""The search, trial by trial: which rate was tried, and what came of it."""

from itertools import pairwise

from loadtests.capacity import Capacity
from loadtests.report.drawing import Drawing, finish
from loadtests.report.figures import tell_mark
from loadtests.report.plot import Frame, Plot
from loadtests.report.scale import Scale, logarithmic
from loadtests.report.trials import LOOKS, SHAPES, tell_trial


def draw_search(width: float, capacity: Capacity) -> Drawing:
    """Draw the rate of each trial, in the order in which they were made."""
    trials = capacity.trials
    frame = Frame(width, 260, right=24, bottom=42)
    last = max(len(trials), 2)
    step = max(1, round(last / 6))
    ticks = tuple((float(number), str(number)) for number in range(1, last + 1, step))
    y = logarithmic([trial.rate for trial in trials], *frame.up, tell_mark)
    plot = Plot(frame, Scale(0.5, last + 0.5, *frame.across, ticks), y)
    for first, second in pairwise(trials):
        if first.phase != second.phase:
            plot.upright((first.number + second.number) / 2, "border")
    corners = [(trial.number + side, trial.rate) for trial in trials for side in (-0.5, 0.5)]
    plot.line(corners, "walk")
    for trial in trials:
        shape, look = SHAPES[trial.outcome], LOOKS[trial.outcome]
        plot.dot(trial.number, trial.rate, shape, look, tell_trial(trial))
    plot.write(sum(frame.across) / 2, frame.height - 6, "trial", "unit", "middle")
    told = ", ".join(f"{trial.number} {trial.outcome} at {tell_mark(trial.rate)}" for trial in trials)
    return finish(plot, "search", "The search", f"Trials: {told or 'none'}.", "offered a second")
