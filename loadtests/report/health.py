"""Whether the generators were well: their clock, their processor, their ports."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from loadtests.histogram import Histogram, merged
from loadtests.report.figures import tell_share, tell_time, tell_time_mark
from loadtests.report.page import NARROW
from loadtests.report.panel import Lines, Panel, draw_panel, gather, mean
from loadtests.result import Fitness, Result


def draw_generators(result: Result) -> list[Markup]:
    """Draw how the clock and the processor of each generator were."""
    seconds = sum(phase.seconds for phase in result.phases)

    def share(name: str) -> Lines:
        samples = ((each.time, {each.generator: getattr(each, name)}) for each in result.fitness)
        return gather(samples, seconds, mean)

    lags = ((each.time, {each.generator: each.lag.percentile(0.99) or 0.0}) for each in result.fitness)
    taken = {f"{name} {what}": line for what, field in TAKEN for name, line in share(field).items()}
    panels = (
        Panel(
            "lag",
            "How late a generator's clock was",
            "late by at most, p99",
            gather(lags, seconds, max),
            tell_time_mark,
            least=0.010,
        ),
        Panel(
            "cpu", "Processor that a generator used", "share of a core", share("cpu"), tell_share, least=1.0
        ),
        Panel(
            "taken",
            "Processor that was taken from a generator",
            "share of the time",
            taken,
            tell_share,
            least=0.05,
        ),
        Panel("ports", "Local ports in use", "share of all", share("ports"), tell_share, least=0.1),
    )
    return [draw_panel(NARROW, panel, seconds) for panel in panels] if result.fitness else []


TAKEN = (("throttled", "throttled"), ("stolen", "steal"))


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
