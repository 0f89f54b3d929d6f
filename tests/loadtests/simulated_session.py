"""A session on a target that nobody runs: it keeps up to its capacity, and then a queue grows."""

from collections.abc import Callable

from loadtests.histogram import Histogram
from loadtests.recorder import lay_out_windows
from loadtests.result import Cell, Fitness, Result
from loadtests.workload import PhasePlan, Workload

WORKLOAD = Workload(
    people=100,
    items=1,
    skew=1,
    seed=1,
    objectives="service",
    phases=(PhasePlan(name="steady", seconds=1, rate=1),),
)


class SimulatedSession:
    """Serves up to `capacity` arrivals a second, each with `requests` requests.

    `alter` is called with the number of each load, from 0, and its result, and may spoil it.
    """

    version = "1"

    def __init__(
        self, capacity: float, requests: int = 1, alter: Callable[[int, Result], None] = lambda *_: None
    ) -> None:
        self.capacity = capacity
        self.requests = requests
        self.alter = alter
        self.loads: list[tuple[str, Workload, bool]] = []

    def measure(self, workload: Workload, name: str, accounts: bool = True) -> Result:
        phases = workload.lay_out()
        windows = lay_out_windows(phases, workload.window_seconds)
        rate = workload.peak_rate
        result = Result(
            id=name,
            started="2026-11-21T12:00:00Z",
            host="http://127.0.0.1",
            version=self.version,
            workload=name,
            fingerprint={},
            phases=phases,
            window_seconds=workload.window_seconds,
            windows=windows,
            canary=[0.010, 0.010],
        )
        for number, window in enumerate(windows):
            window.due = window.sent = round(rate * window.seconds)
            served = round(min(rate, self.capacity) * window.seconds)
            window.answered, window.in_flight = served * self.requests, 5
            behind = max(0.0, rate / self.capacity - 1) * (window.start + window.seconds)
            times = Histogram.of([0.005 + behind])
            times.counts = dict.fromkeys(times.counts, window.due * self.requests)
            result.cells.append(Cell(window=number, kind="page", corrected=times, raw=times))
        result.fitness = [make_fitness(phases[-1].start)]
        self.alter(len(self.loads), result)
        self.loads.append((name, workload, accounts))
        return result


def make_fitness(time: float, lag: float = 0.001, cpu: float = 0.1) -> Fitness:
    return Fitness(
        generator="one", time=time, cpu=cpu, lag=Histogram.of([lag]), throttled=0, steal=0, ports=0.1
    )
