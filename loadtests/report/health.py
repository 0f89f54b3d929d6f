"""Whether the generators were well: their clock, their processor, their ports."""

from collections.abc import Sequence
from typing import Any

from loadtests.histogram import Histogram, merged
from loadtests.report.drawing import Drawing
from loadtests.report.figures import tell_share, tell_time, tell_time_mark
from loadtests.report.page import NARROW
from loadtests.report.panel import Lines, Panel, draw_panel, gather, mean
from loadtests.result import Fitness, Result

SHARES = ("cpu", "throttled", "steal", "ports")


def draw_generators(result: Result, allowed: float) -> list[Drawing]:
    """Draw how each generator was; its clock may be late by `allowed` seconds."""
    seconds = sum(phase.seconds for phase in result.phases)
    lags = ((each.time, {each.generator: each.lag.percentile(0.99) or 0.0}) for each in result.fitness)
    late = gather(lags, seconds, max)
    cpu, throttled, stolen, ports = (gather_share(result, name, seconds) for name in SHARES)
    taken = label(throttled, "throttled") | label(stolen, "stolen")
    panels = (
        Panel("lag", "How late its clock was", "p99 of a second", late, tell_time_mark, allowed),
        Panel("cpu", "How much of its core it used", "share of a core", cpu, tell_share, least=1.0),
        Panel("taken", "What was taken from it", "share of the time", taken, tell_share, least=0.05),
        Panel("ports", "Local ports in use", "share of all", ports, tell_share, least=0.1),
    )
    return [draw_panel(NARROW, panel, seconds) for panel in panels] if result.fitness else []


def gather_share(result: Result, name: str, seconds: float) -> Lines:
    samples = ((each.time, {each.generator: float(getattr(each, name))}) for each in result.fitness)
    return gather(samples, seconds, mean)


def label(lines: Lines, what: str) -> Lines:
    """Return these lines under the name of what they are, beside their generator's if there are several."""
    return {f"{what}, {name}" if len(lines) > 1 else what: line for name, line in lines.items()}


def describe_generators(result: Result) -> list[dict[str, Any]]:
    """Return the figures of each generator over the measured phases."""
    during = [each for each in result.fitness if is_measured(result, each.time)]
    described = []
    for name in sorted({each.generator for each in result.fitness}):
        samples = [each for each in during if each.generator == name]
        if samples:
            described.append(describe(name, samples))
    return described


def is_measured(result: Result, time: float) -> bool:
    return any(p.measured and p.start <= time < p.start + p.seconds for p in result.phases)


def describe(name: str, samples: Sequence[Fitness]) -> dict[str, Any]:
    lag: Histogram = merged(each.lag for each in samples)
    return {
        "name": name,
        "lag": tell_time(lag.percentile(0.99)),
        "worst": tell_time(lag.percentile(1.0)),
        "cpu": tell_share(mean([each.cpu for each in samples])),
        "cpu_most": tell_share(max(each.cpu for each in samples)),
        "throttled": tell_share(mean([each.throttled for each in samples])),
        "steal": tell_share(mean([each.steal for each in samples])),
        "ports": tell_share(max(each.ports for each in samples)),
    }
