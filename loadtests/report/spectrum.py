"""The percentile spectrum: which time how many requests stay below, to the last one in a million."""

from collections.abc import Iterator

from loadtests.histogram import Histogram, middle_of
from loadtests.objectives import Objective
from loadtests.report.drawing import Drawing, finish
from loadtests.report.figures import tell_time
from loadtests.report.plot import Frame, Plot
from loadtests.report.scale import logarithmic, rarity
from loadtests.report.svg import element, path


def draw_spectrum(
    width: float,
    key: str,
    corrected: Histogram,
    raw: Histogram,
    baseline: Histogram | None = None,
    objective: Objective | None = None,
    label: str = "all requests",
) -> Drawing:
    """Draw times over shares; an objective is a mark that the corrected line must pass below."""
    limits = [(0.95, objective.p95), (0.99, objective.p99)] if objective else []
    steps = [(share, limit / 1000) for share, limit in limits if limit is not None]
    lines = {
        "baseline": list(trace(baseline)) if baseline else [],
        "raw": list(trace(raw)),
        "corrected": list(trace(corrected)),
    }
    values = [y for points in lines.values() for _, y in points] + [limit * 1.5 for _, limit in steps]
    frame = Frame(width, 260, right=74)
    plot = Plot(frame, rarity(corrected.total, *frame.across), logarithmic(values, *frame.up))
    if steps:
        forbid(plot, steps)
    for look, points in lines.items():
        plot.line(points, look, look)
    half, rare = (tell_time(corrected.percentile(share)) for share in (0.5, 0.99))
    asked = ", ".join(f"{share:.0%} within {tell_time(limit)}" for share, limit in steps)
    words = f"Half took at most {half}, 99% at most {rare}." + (f" Asked for: {asked}." if asked else "")
    return finish(plot, key, f"Percentile spectrum of {label}", words, "this share took at most")


def trace(times: Histogram) -> Iterator[tuple[float, float]]:
    """Yield the corners of the line: the share of requests before and after each bucket, and its time."""
    seen, total = 0, times.total
    for index in sorted(times.counts):
        yield seen / total, middle_of(index)
        seen += times.counts[index]
        yield min(seen, total - 1) / total, middle_of(index)


def forbid(plot: Plot, steps: list[tuple[float, float]]) -> None:
    """Shade where the line must not come: above and to the left of each objective."""
    left, head = plot.frame.across[0], plot.frame.up[1]
    corners = [(left, plot.y.place(steps[0][1]))]
    for share, limit in steps:
        x, y = plot.x.place(share), plot.y.place(limit)
        corners += [(corners[-1][0], y), (x, y)]
    corners += [(corners[-1][0], head), (left, head)]
    plot.under.append(element("path", class_="forbidden", d=path(corners, close=True)))
    plot.write(left + 6, head + 14, "objective missed", "forbidden-name")
