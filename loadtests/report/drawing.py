"""From a plot to the finished SVG: grid, ticks, labels that keep apart, and words for screen readers."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from loadtests.report.plot import ROW, Plot, width_of
from loadtests.report.svg import element


class Drawing(NamedTuple):
    """A finished SVG and its title."""

    title: str
    svg: Markup


def finish(plot: Plot, key: str, title: str, description: str, unit: str = "") -> Drawing:
    """Return the drawing of a plot; `key` is its own on a page, `unit` is what y counts."""
    name = f"{key}-{plot.frame.width:g}"
    head = (
        element("title", title, id=f"{name}-title"),
        element("desc", description, id=f"{name}-words"),
    )
    left = plot.frame.across[0]
    caption = element("text", unit, class_="unit", x=left, y=11) if unit else Markup("")
    width, height = plot.frame.width, plot.frame.height
    svg = element(
        "svg",
        *head,
        *plot.under,
        *draw_grid(plot),
        *plot.over,
        *draw_ticks(plot),
        *draw_ends(plot),
        caption,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-words",
        xmlns="http://www.w3.org/2000/svg",
    )
    return Drawing(title, svg)


def draw_grid(plot: Plot) -> list[Markup]:
    (left, right), foot = plot.frame.across, plot.frame.up[0]
    rows = [plot.y.place(value) for value, _ in plot.y.ticks]
    lines = [element("line", class_="grid", x1=left, x2=right, y1=y, y2=y) for y in rows]
    return [*lines, element("line", class_="axis", x1=left, x2=right, y1=foot, y2=foot)]


def draw_ticks(plot: Plot) -> list[Markup]:
    """Write what is at the ticks, leaving out what would touch its neighbour."""
    (left, _), (foot, _) = plot.frame.across, plot.frame.up
    drawn = []
    free = -1e9
    for value, text in plot.x.ticks:
        x, half = plot.x.place(value), width_of(text) / 2
        drawn.append(element("line", class_="axis", x1=x, x2=x, y1=foot, y2=foot + 4))
        if x - half > free:
            drawn.append(element("text", text, x=x, y=foot + 18, text_anchor="middle"))
            free = x + half + 12
    free = 1e9
    for value, text in plot.y.ticks:
        y = plot.y.place(value)
        if y + ROW - 3 < free:
            drawn.append(element("text", text, x=left - 8, y=y + 4, text_anchor="end"))
            free = y
    return drawn


def draw_ends(plot: Plot) -> list[Markup]:
    """Write the labels of lines beside the plot, each as near to its line as the others allow."""
    right = plot.frame.across[1]
    foot, head = plot.frame.up
    drawn = []
    ends = sorted(plot.ends, key=lambda end: end[0])
    for (y, text, look), row in zip(ends, keep_apart([y for y, _, _ in ends], head, foot), strict=True):
        if abs(row - y) > 3:
            drawn.append(element("line", class_="lead", x1=right + 2, x2=right + 8, y1=y, y2=row))
        drawn.append(element("text", text, class_=f"end {look}", x=right + 10, y=row + 4))
    return drawn


def keep_apart(rows: Sequence[float], head: float, foot: float) -> list[float]:
    """Return these ascending pixels moved so that they are a row apart, within head and foot if they fit."""
    moved: list[float] = []
    for row in rows:
        moved.append(max(row, moved[-1] + ROW) if moved else max(row, head))
    floor = foot
    for number in reversed(range(len(moved))):
        moved[number] = min(moved[number], floor)
        floor = moved[number] - ROW
    return moved
