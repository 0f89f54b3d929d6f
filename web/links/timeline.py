"""The time line of a link, as the numbers an SVG needs; the template only writes them down."""

from dataclasses import dataclass

from web.links.statistics import Series

WIDTH, HEIGHT = 720, 160
LEFT, BOTTOM, TOP = 44, 24, 10
BASELINE = HEIGHT - BOTTOM
LABELS = 6


@dataclass(frozen=True)
class Bar:
    """One span of time: people below, bots stacked on top. Lengths are in SVG units."""

    x: float
    width: float
    humans: float
    bots: float
    title: str


@dataclass(frozen=True)
class Timeline:
    """Bars on their baseline, ticks as (y, value) and labels as (x, text)."""

    bars: list[Bar]
    ticks: list[tuple[float, int]]
    labels: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    baseline: int = BASELINE


def draw(series: Series) -> Timeline:
    """Given the clicks of consecutive spans, return their bars, the axis ticks and the labels."""
    top = nice_ceiling(max((sum(clicks) for _, clicks in series), default=0))
    scale = (BASELINE - TOP) / top
    step = (WIDTH - LEFT) / max(len(series), 1)
    every = max(1, -(-len(series) // LABELS))
    timeline = Timeline([], [(BASELINE - value * scale, value) for value in (0, top // 2, top)], [])
    for index, (start, (humans, bots)) in enumerate(series):
        x, day = LEFT + index * step, f"{start:%d %b}"
        title = f"{day}: {humans} by people, {bots} by bots"
        timeline.bars.append(Bar(x + step * 0.1, step * 0.8, humans * scale, bots * scale, title))
        if index % every == 0:
            timeline.labels.append((x + step / 2, day))
    return timeline


def nice_ceiling(value: int) -> int:
    """Return the least of 2, 4, 10, 20, 40, 100 … that is not below the value: round halves, too."""
    magnitude = 1
    while True:
        for factor in (2, 4, 10):
            if factor * magnitude >= value:
                return factor * magnitude
        magnitude *= 10
