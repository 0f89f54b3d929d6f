"""The time line of a link, as the numbers an SVG needs; the template only writes them down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from web.links.statistics import Clicks

WIDTH, HEIGHT = 720, 160
LEFT, BOTTOM, TOP = 44, 24, 10
LABELS = 6


@dataclass(frozen=True)
class Bar:
    """One span of time: people below, bots stacked on top. Lengths are in SVG units."""

    x: float
    width: float
    humans_y: float
    humans_height: float
    bots_y: float
    bots_height: float
    title: str


@dataclass(frozen=True)
class Timeline:
    bars: list[Bar]
    ticks: list[tuple[float, int]]
    labels: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    baseline: int = HEIGHT - BOTTOM


def draw(clicks: Sequence[Clicks], form: str = "%d %b") -> Timeline:
    """Given the clicks of consecutive spans, return their bars, the axis ticks and the labels."""
    top = nice_ceiling(max((c.humans + c.bots for c in clicks), default=0))
    scale = (HEIGHT - BOTTOM - TOP) / top
    step = (WIDTH - LEFT) / max(len(clicks), 1)
    every = max(1, -(-len(clicks) // LABELS))
    bars = [bar(c, LEFT + index * step, step, scale, form) for index, c in enumerate(clicks)]
    labels = [
        (round(LEFT + (index + 0.5) * step, 2), text(c.start, form))
        for index, c in enumerate(clicks)
        if index % every == 0
    ]
    ticks = [(HEIGHT - BOTTOM - value * scale, value) for value in sorted({0, top // 2, top})]
    return Timeline(bars, ticks, labels)


def bar(clicks: Clicks, x: float, step: float, scale: float, form: str) -> Bar:
    humans, bots = clicks.humans * scale, clicks.bots * scale
    baseline = HEIGHT - BOTTOM
    return Bar(
        x=round(x + step * 0.1, 2),
        width=round(step * 0.8, 2),
        humans_y=round(baseline - humans, 2),
        humans_height=round(humans, 2),
        bots_y=round(baseline - humans - bots, 2),
        bots_height=round(bots, 2),
        title=f"{text(clicks.start, form)}: {clicks.humans} by people, {clicks.bots} by bots",
    )


def text(moment: datetime | None, form: str) -> str:
    return moment.strftime(form) if moment else ""


def nice_ceiling(value: int) -> int:
    """Return the least of 2, 4, 10, 20, 40, 100 … that is not below the value: round halves, too."""
    magnitude = 1
    while True:
        for factor in (2, 4, 10):
            if factor * magnitude >= value:
                return factor * magnitude
        magnitude *= 10
