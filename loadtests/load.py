"""One load while it lasts: what the generators report becomes a result."""

import time
from collections.abc import Sequence

from loadtests.crew import Crew
from loadtests.generator import Report
from loadtests.interruption import Interruption
from loadtests.recorder import Collector
from loadtests.result import Result
from loadtests.scenario import Scenario
from loadtests.terminal import Terminal, measure_progress

TICK = 1.0
NAP = 0.1


class Load:
    """A load that `crew` has begun, at `began` seconds since the epoch."""

    def __init__(self, crew: Crew, scenarios: Sequence[Scenario], result: Result, began: float) -> None:
        self._crew = crew
        self._scenarios = {type(each).__name__: each for each in scenarios}
        self._result = result
        self._began = began
        self._collector = Collector(result)
        self._canaries: dict[str, list[float]] = {}

    def watch(self, interruption: Interruption, terminal: Terminal) -> None:
        """Return when the load is over, by its workload or by an interruption, and its result complete."""
        next_tick, ended = self._began + TICK, None
        while not self._crew.is_over():
            if interruption.noticed and ended is None:
                ended = max(0.0, time.time() - self._began)
                self._crew.halt()
            if time.time() >= next_tick or ended is not None:
                self._take_in()
                terminal.show_progress(measure_progress(self._result, time.time() - self._began))
                next_tick += TICK
            time.sleep(NAP)
        self._finish(ended)

    def _take_in(self) -> None:
        for report in self._crew.collect():
            self._add(report)

    def _add(self, report: Report) -> None:
        self._collector.add(report.record)
        self._result.fitness += report.fitness
        self._canaries.setdefault(report.generator, []).extend(report.canary)
        for name, told in report.told.items():
            self._scenarios[name].hear(told)

    def _finish(self, ended: float | None) -> None:
        self._collector.finish()
        lost = self._crew.list_lost()
        self._result.problems += [f"{name} was lost" for name in lost]
        # Hosts differ from each other, so only their common course tells of a change.
        kept = [times for name, times in self._canaries.items() if name not in lost]
        self._result.canary = [sum(each) / len(each) for each in zip(*kept, strict=True)]
        if ended is not None:
            self._result.interrupted = True
            cut(self._result, ended)


def cut(result: Result, end: float) -> None:
    """Take away from `result` the windows and phases after the moment `end`, and shorten those around it."""
    result.windows = [window for window in result.windows if window.start < end]
    result.phases = [phase for phase in result.phases if phase.start < end]
    result.cells = [cell for cell in result.cells if cell.window < len(result.windows)]
    for window in result.windows:
        window.seconds = min(window.seconds, end - window.start)
    for phase in result.phases:
        left = min(phase.seconds, end - phase.start)
        phase.rate = phase.from_rate + (phase.rate - phase.from_rate) * left / phase.seconds
        phase.seconds = left
