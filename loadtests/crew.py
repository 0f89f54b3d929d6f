"""How a run speaks to its generators: to the one in this process, or to workers elsewhere."""

import time
from collections.abc import Sequence
from typing import Any, Protocol

from locust.env import Environment

from loadtests.generator import Generator, Report
from loadtests.scenario import Scenario
from loadtests.workload import Workload

DELAY = 0.3
"""Seconds between the sign to begin and the beginning, so that everybody has heard of it."""


class Crew(Protocol):
    """All generators of a run. One load after the other: `begin`, then `collect` until they are over."""

    size: int

    def begin(self, workload: Workload) -> float:
        """Begin a load; return its start, in seconds since the epoch. Raises CrewError, WorkloadError."""

    def collect(self) -> list[Report]:
        """Return what has come since the last time."""

    def halt(self) -> None:
        """End the load early; its last reports come none the less."""

    def is_over(self) -> bool:
        """Tell whether all generators have sent their last report."""

    def list_lost(self) -> list[str]:
        """Return the generators that were lost during the load."""

    def close(self) -> None:
        """Let everybody go home."""


class LocalCrew:
    """One generator, in this process."""

    size = 1

    def __init__(self, host: str, scenarios: Sequence[Scenario]) -> None:
        people: list[Any] = [person for each in scenarios for person in each.people]
        self._runner = Environment(user_classes=people, host=host).create_local_runner()
        self._scenarios = scenarios
        self._over = False

    def begin(self, workload: Workload) -> float:
        self._generator = Generator(self._runner, self._scenarios, workload)
        self._over = False
        self._generator.start(DELAY)
        return time.time() + DELAY

    def collect(self) -> list[Report]:
        report = self._generator.report()
        self._over = report.over
        return [report]

    def halt(self) -> None:
        self._generator.halt()

    def is_over(self) -> bool:
        return self._over

    def list_lost(self) -> list[str]:
        return []

    def close(self) -> None:
        self._runner.quit()
