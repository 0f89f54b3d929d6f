"""Runs that nobody made: results with service times as unpleasant as real ones, from a seed.

What is assumed, so that nobody believes more than was shown:
- Times are log-normal (sigma 0.7), and one in a hundred comes from a Pareto tail (exponent 1.5, so even its
  variance is infinite).
- All requests of a window share a level, which drifts: an autoregressive process of first order with
  coefficient 0.8 from one second to the next and a standard deviation of 6 %.
- Each run has a level of its own besides (2 %): the host between two runs, which no run can see in itself.
- In 3 of 100 windows everything stalls: a tenth of the requests waits up to 0.2 s longer.
- Arrivals are Poisson, of three kinds with shares of 85, 13 and 2 %, the rarer the slower.
Together the medians of two equal minutes of 200/s differ by 4.5 % (standard deviation), their 99th
percentiles by 11 %. On a host where medians differ by more, nobody can tell 20 % from nothing in a minute.
"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache
from random import Random

from loadtests.histogram import LOG_BASE, Histogram, bucket_of, middle_of
from loadtests.result import Cell, Outcome, Phase, Result, Window

KINDS = {"redirect": (0.85, 0.010), "page": (0.13, 0.020), "API create": (0.02, 0.040)}
FINGERPRINT: dict[str, str | int | float] = {"processor": "simulated", "cores": 2, "workload": "4f1c"}


@dataclass(frozen=True)
class Plan:
    """How a simulated run is: `slower` multiplies all times, `slower_tail` the slowest 3 % of them."""

    rate: float = 200
    seconds: int = 60
    slower: float = 1.0
    slower_tail: float = 1.0
    drift: float = 0.06
    persistence: float = 0.8
    between_runs: float = 0.02
    stalls: float = 0.03


def simulate(random: Random, plan: Plan) -> Result:
    """Return the result of one run with a short warm-up and one measured phase."""
    run = make_result(str(random.random()), plan)
    own, drift = random.gauss(0, plan.between_runs), random.gauss(0, plan.drift)
    for number, window in enumerate(run.windows):
        drift = plan.persistence * drift + random.gauss(0, plan.drift * math.sqrt(1 - plan.persistence**2))
        level = math.log(plan.slower) + own + drift
        stalled = random.random() < plan.stalls
        for kind, (share, middle) in KINDS.items():
            requests = max(0, round(random.gauss(mean := plan.rate * share, math.sqrt(mean))))
            times = draw(random, requests, middle, level, plan.slower_tail)
            if stalled:
                times = stall(random, times)
            run.cells.append(Cell(window=number, kind=kind, corrected=times, raw=times))
            window.due += requests
            window.sent += requests
    return run


def draw(random: Random, requests: int, middle: float, level: float, slower_tail: float) -> Histogram:
    """Return so many times: a shift of the level is a shift of the buckets, which are logarithmic."""
    shift = round((math.log(middle) + level) / LOG_BASE)
    counts = Counter(random.choices(pool(slower_tail), k=requests))
    return Histogram(counts={bucket + shift: count for bucket, count in counts.items()})


def stall(random: Random, times: Histogram) -> Histogram:
    """Return the same times, a tenth of them up to 0.2 s longer."""
    each = [middle_of(bucket) for bucket, count in times.counts.items() for _ in range(count)]
    return Histogram.of(time + random.uniform(0, 0.2) if random.random() < 0.1 else time for time in each)


@cache
def pool(slower_tail: float) -> list[int]:
    """Return the buckets of many times around one second."""
    random = Random(7)  # noqa: S311 - repeatable on purpose
    times = sorted(
        random.paretovariate(1.5) * 3 if random.random() < 0.01 else random.lognormvariate(0, 0.7)
        for _ in range(20_000)
    )
    slow = round(len(times) * 0.97)
    return [
        bucket_of(min(time * (slower_tail if rank >= slow else 1.0), 250.0))
        for rank, time in enumerate(times)
    ]


def make_result(name: str, plan: Plan) -> Result:
    """Return a passed run without requests."""
    phases = [
        Phase(name="warm-up", start=0, seconds=2, from_rate=1, rate=plan.rate, measured=False),
        Phase(
            name="steady",
            start=2,
            seconds=plan.seconds,
            from_rate=plan.rate,
            rate=plan.rate,
            measured=True,
        ),
    ]
    return Result(
        id=name,
        started="2026-11-21T12:00:00Z",
        host="http://127.0.0.1",
        version="1",
        workload="simulated",
        fingerprint=dict(FINGERPRINT),
        phases=phases,
        window_seconds=1,
        windows=[Window(phase=int(n >= 2), start=n, seconds=1) for n in range(plan.seconds + 2)],
        outcome=Outcome.PASS,
    )
