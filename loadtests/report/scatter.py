"""What was offered against what was achieved: as long as they agree, points lie on the diagonal."""

from collections.abc import Sequence
from dataclasses import dataclass

from loadtests.report.drawing import Drawing, finish
from loadtests.report.figures import tell_number
from loadtests.report.plot import Frame, Plot
from loadtests.report.scale import linear
from loadtests.result import Result

SHORTFALL = 0.98
"""Who answers less than this share of what was offered has left the diagonal."""


@dataclass(frozen=True)
class Mark:
    """A point of the drawing; rates are a second."""

    offered: float
    achieved: float
    shape: str
    look: str
    text: str


def mark_windows(result: Result) -> list[Mark]:
    """Return a mark for each window of a run."""
    marks = []
    for window in result.windows:
        phase = result.phases[window.phase]
        offered, achieved = window.due / window.seconds, window.answered / window.seconds
        text = f"{phase.name}: {tell_number(offered)}/s offered, {tell_number(achieved)}/s answered"
        marks.append(Mark(offered, achieved, "disc", "measured" if phase.measured else "aside-mark", text))
    return marks


def draw_scatter(width: float, key: str, marks: Sequence[Mark], what: str) -> Drawing:
    """Draw marks and the diagonal; `what` says what one mark is."""
    frame = Frame(width, 260, right=24, bottom=42)
    top = max((max(mark.offered, mark.achieved) for mark in marks), default=1.0)
    plot = Plot(frame, linear(top, *frame.across, count=5), linear(top, *frame.up, count=5))
    plot.line([(0.0, 0.0), (plot.x.high, plot.y.high)], "diagonal")
    for mark in marks:
        plot.dot(mark.offered, mark.achieved, mark.shape, mark.look, mark.text)
    plot.write(sum(frame.across) / 2, frame.height - 6, "offered a second", "unit", "middle")
    short = sum(mark.achieved < SHORTFALL * mark.offered for mark in marks)
    most = tell_number(max((mark.achieved for mark in marks), default=0.0))
    words = f"Each mark is {what}. At most {most} a second were answered; {short} of {len(marks)} lie below."
    return finish(plot, key, "Offered against achieved", words, "answered a second")
