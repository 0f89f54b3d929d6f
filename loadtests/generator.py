"""A generator: the one locust process of several, or the only one, that plays its part of a load."""

from collections.abc import Sequence
from random import Random
from typing import Any

import gevent  # type: ignore[import-untyped]
from gevent.event import Event  # type: ignore[import-untyped]
from locust.runners import Runner
from pydantic import BaseModel, Field

from loadtests.canary import time_work
from loadtests.clock import Clock
from loadtests.health import Watch
from loadtests.mix import divide, share_out
from loadtests.priority import go_first
from loadtests.recorder import Record, Recorder, lay_out_windows
from loadtests.result import Fitness
from loadtests.scenario import Person, Scenario
from loadtests.schedule import Part, Schedule
from loadtests.workload import Workload

PATIENCE = Person.network_timeout + 1
"""Seconds after the end of the load until whoever still waits for an answer is sent away."""


class Report(BaseModel):
    """What a generator has to tell since its last report."""

    generator: str
    record: Record = Field(default_factory=Record)
    fitness: list[Fitness] = Field(default_factory=list)
    canary: list[float] = Field(default_factory=list)
    told: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What its scenarios tell for the account, by their class; nothing where they are the run's own."""
    over: bool = False


class Generator:
    """Plays one load: `start` it, ask for reports until one says that it is over."""

    def __init__(
        self,
        runner: Runner,
        scenarios: Sequence[Scenario],
        workload: Workload,
        index: int = 0,
        generators: int = 1,
    ) -> None:
        """Bring the people of number `index` of so many `generators` to their places.

        Raises WorkloadError when the workload's mix names a kind that no scenario has.
        """
        self.name = f"generator-{index + 1}"
        self._clock = Clock()
        self._runner = runner
        phases = workload.lay_out()
        self._seconds = workload.seconds
        self._recorder = Recorder(lay_out_windows(phases, workload.window_seconds), self._clock)
        for scenario in scenarios:
            # Two targets that take turns share the classes of people.
            for person in scenario.people:
                person.scenario = scenario
        self._schedules: list[Schedule] = []
        self._halted = Event()
        self._over = False
        shares = share_out([person for each in scenarios for person in each.people], workload.mix)
        for person, tasks in shares.items():
            schedule = Schedule(
                phases,
                Part(tuple(tasks), tuple(tasks.values()), index, generators),
                Random(f"{workload.seed} {person.__name__} {index}"),  # noqa: S311 - repeatable on purpose
                self._clock,
                self._recorder.note_missed,
                workload.arrivals == "poisson",
            )
            person.host, person.schedule, person.recorder = runner.environment.host, schedule, self._recorder
            self._schedules.append(schedule)
        self._canary = [time_work()]
        people = workload.people // generators + (index < workload.people % generators)
        places = divide(people, {person: sum(tasks.values()) for person, tasks in shares.items()})
        runner.spawn_users({person.__name__: number for person, number in places.items()})

    def start(self, delay: float) -> None:
        """Begin in `delay` seconds."""
        go_first()
        self._watch = Watch(self.name, self._clock)
        self._clock.start(delay)
        gevent.spawn(self._play)

    def halt(self) -> None:
        """End the load now: nobody else comes, and those who are out are waited for."""
        for schedule in self._schedules:
            schedule.halt()
        self._halted.set()

    def report(self) -> Report:
        """Return what is new."""
        report = Report(
            generator=self.name,
            record=self._recorder.drain(),
            fitness=self._watch.drain(),
            canary=self._canary,
            over=self._over,
        )
        self._canary = []
        return report

    def _play(self) -> None:
        self._halted.wait(self._seconds - self._clock.now())
        self._watch.stop()
        if self._halted.is_set():
            self._send_away_idle()
        self._runner.user_greenlets.join(timeout=PATIENCE)
        self._runner.user_greenlets.kill()
        for schedule in self._schedules:
            schedule.drain()
        self._canary.append(time_work())
        self._over = True

    def _send_away_idle(self) -> None:
        """Let those go who are waiting for a moment that does not come."""
        for greenlet in list(self._runner.user_greenlets):
            if greenlet.args and not greenlet.args[0].acting:
                greenlet.kill(block=False)
