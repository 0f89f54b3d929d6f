"""Small drawings of several lines over time, one for each generator or process."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from loadtests.report.drawing import Drawing, finish
from loadtests.report.figures import tell_mark
from loadtests.report.plot import LETTER, Frame, Plot, Point
from loadtests.report.scale import clock, linear

POINTS = 240
"""A line has at most about so many."""
NAMED = 5
"""So many lines are told apart; of more, the others share one look."""

FAR = 5.0
"""A limit that is so many times above the highest value would leave nothing of the lines."""

Lines = dict[str, list[Point]]


@dataclass(frozen=True)
class Panel:
    """A small drawing over time: what it shows, how its values are told, where its limit is."""

    key: str
    title: str
    unit: str
    lines: Lines
    tell: Callable[[float], str] = tell_mark
    limit: float | None = None
    least: float = 0.0
    """The axis goes up to this at least."""


def draw_panel(width: float, panel: Panel, seconds: float) -> Drawing:
    """Draw the lines of a panel, the highest first and by name."""
    tops = {
        name: max((y for _, y in line if y is not None), default=0.0) for name, line in panel.lines.items()
    }
    names = sorted(tops, key=lambda name: -tops[name])
    longest = max((len(name) for name in names[:NAMED]), default=0)
    frame = Frame(width, 180, right=24 + min(max(longest, 7), 16) * LETTER)
    most = max(tops.values(), default=0.0)
    near = panel.limit if panel.limit and panel.limit < FAR * most else None
    high = max(panel.least, most, (near or 0.0) * 1.1)
    x = clock(seconds, *frame.across, max(3, int((frame.across[1] - frame.across[0]) / 60)))
    plot = Plot(frame, x, linear(high, *frame.up, panel.tell, 3))
    for rank, name in reversed(list(enumerate(names))):
        look = f"series-{rank}" if rank < NAMED else "series-rest"
        plot.line(panel.lines[name], look, shorten(name) if rank < NAMED else "")
    if near:
        plot.level(near, "limit", "allowed")
    unit = f"{panel.unit}; allowed: {panel.tell(panel.limit)}" if panel.limit else panel.unit
    told = "; ".join(f"{name} at most {panel.tell(tops[name])}" for name in names) or "Nothing was recorded"
    return finish(plot, panel.key, panel.title, f"{told}.", unit)


def shorten(name: str, letters: int = 16) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1]}…"


def gather(
    samples: Iterable[tuple[float, Mapping[str, float]]], seconds: float, take: Callable[[list[float]], float]
) -> Lines:
    """Return one line for each name, of at most POINTS points; `take` makes one value of those of a step."""
    step = max(1.0, seconds / POINTS)
    heaps: dict[str, dict[int, list[float]]] = {}
    for time, values in samples:
        for name, value in values.items():
            heaps.setdefault(name, {}).setdefault(int(time // step), []).append(value)
    return {
        name: [((number + 0.5) * step, take(heap[number])) for number in sorted(heap)]
        for name, heap in heaps.items()
    }


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
