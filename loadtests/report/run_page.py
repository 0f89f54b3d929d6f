"""What the report of a run shows, section by section."""

from typing import Any

from loadtests.comparison import Comparison
from loadtests.objectives import Objectives
from loadtests.report.differences import list_differences
from loadtests.report.drawing import Drawing
from loadtests.report.figures import tell_moment, tell_number, tell_span, tell_time
from loadtests.report.health import describe_generators, draw_generators
from loadtests.report.page import NARROW, draw_both, render
from loadtests.report.scatter import draw_scatter, mark_windows
from loadtests.report.spectrum import draw_spectrum
from loadtests.report.table import group_phases
from loadtests.report.target import draw_target
from loadtests.report.timeline import Timeline
from loadtests.report.words import read_run
from loadtests.result import Phase, Result
from loadtests.verdict import find_allowed_lag

SPECTRA = 6
"""So many kinds have a spectrum of their own."""


def render_run(result: Result, objectives: Objectives, comparison: Comparison | None = None) -> str:
    """Return the report of a run as HTML."""
    return render(
        "run.html",
        result=result,
        comparison=comparison,
        reading=read_run(result, comparison),
        figures=find_figures(result),
        timeline=draw_timeline(result),
        spectrum=draw_total(result, comparison),
        spectra=draw_kinds(result, objectives, comparison),
        scatter=draw_scatter(NARROW, "scatter", mark_windows(result), "one window"),
        groups=group_phases(result, objectives),
        generators=describe_generators(result),
        health=draw_generators(result, find_allowed_lag(objectives)),
        target=draw_target(result),
        differences=list_differences(comparison) if comparison else [],
        facts=list_facts(result),
        seconds=sum(phase.seconds for phase in result.phases),
    )


def find_figures(result: Result) -> dict[str, Any]:
    """Return the key figures of the measured phases."""
    numbers = result.windows_of()
    windows = [result.windows[number] for number in numbers]
    seconds = sum(window.seconds for window in windows)
    due, sent = sum(window.due for window in windows), sum(window.sent for window in windows)
    times = result.corrected(numbers)
    requests = sum(cell.requests for cell in result.cells)
    wrong = sum(cell.wrong for cell in result.cells)
    return {
        "seconds": seconds,
        "offered": due / seconds if seconds else None,
        "answered": sum(window.answered for window in windows) / seconds if seconds else None,
        "sent_share": sent / due if due else None,
        "missed": due - sent,
        "wrong": wrong,
        "requests": requests,
        "p50": times.percentile(0.5),
        "p95": times.percentile(0.95),
        "p99": times.percentile(0.99),
        "raw_p99": result.raw(numbers).percentile(0.99),
        "in_flight": max((window.in_flight for window in windows), default=0),
    }


def list_facts(result: Result) -> dict[str, str]:
    """Return what it was measured on and with."""
    canary = ", ".join(tell_time(seconds) for seconds in result.canary)
    plan = "; ".join(
        f"{phase.name}: {tell_span(phase.seconds)} at {tell_rates(phase)}" for phase in result.phases
    )
    return {
        "run": result.id,
        "started": tell_moment(result.started),
        "host": result.host,
        "version": result.version,
        "workload": f"{result.workload} ({plan})",
        "ceiling of the generators": f"{tell_number(result.ceiling)} a second"
        if result.ceiling
        else "not known",
        "fixed piece of work": canary or "not done",
    } | {name: str(value) for name, value in result.fingerprint.items() if name != "workload"}


def tell_rates(phase: Phase) -> str:
    rate = f"{tell_number(phase.rate)} a second"
    return rate if phase.from_rate == phase.rate else f"{tell_number(phase.from_rate)} to {rate}"


def draw_timeline(result: Result) -> list[Drawing]:
    timeline = Timeline(result)
    return [draw_both(d) for d in (timeline.draw_rates, timeline.draw_times, timeline.draw_in_flight)]


def draw_total(result: Result, comparison: Comparison | None) -> Drawing:
    """Draw the spectrum of all requests in the measured phases."""
    windows = result.windows_of()
    base = comparison.total.base_times if comparison else None
    corrected, raw = result.corrected(windows), result.raw(windows)
    return draw_spectrum(NARROW, "spectrum", corrected, raw, base)


def draw_kinds(result: Result, objectives: Objectives, comparison: Comparison | None) -> list[Drawing]:
    """Draw the spectra of the most frequent kinds, with what was asked of them."""
    windows = result.windows_of()
    bases = {changes.kind: changes for changes in comparison.kinds} if comparison else {}
    drawn = []
    for number, kind in enumerate(result.kinds()[:SPECTRA]):
        corrected, raw = result.corrected(windows, kind), result.raw(windows, kind)
        base = bases[kind].base_times if kind in bases else None
        drawing = draw_spectrum(NARROW, f"kind-{number}", corrected, raw, base, objectives.of(kind), kind)
        drawn.append(Drawing(kind, drawing.svg))
    return drawn
