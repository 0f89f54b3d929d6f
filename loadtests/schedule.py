"""When who is to come: an open model, in which people come whether those before them were served or not.

The moments are laid out on the integral of the rate: there each arrival is one step further (constant) or
an exponentially distributed step of mean one (Poisson), and a rate that changes needs no thought.
"""

import math
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from loadtests.clock import Clock
from loadtests.mix import Task
from loadtests.result import Phase

LATE_MAX = 10.0
"""Seconds; who waited longer has gone away. As long as the wait for an answer."""


@dataclass(frozen=True)
class Part:
    """What one class of people on one generator does of a load.

    Its tasks come up by their `shares` of all arrivals; the generator is number `index` of `generators`.
    """

    tasks: Sequence[Task]
    shares: Sequence[float]
    index: int = 0
    generators: int = 1


class Schedule:
    """The arrivals of one part of a load, each given out once, in the order in which they are due."""

    def __init__(
        self,
        phases: Sequence[Phase],
        part: Part,
        random: Random,
        clock: Clock,
        miss: Callable[[float], None],
        poisson: bool = True,
    ) -> None:
        """`miss` is called with the moment of each arrival that nobody had time for."""
        self.clock = clock
        self._part = part
        self._random = random
        self._miss = miss
        self._end = sum(phase.seconds for phase in phases)
        self._steps = list(accumulate(part.shares))
        steps = self._step_randomly() if poisson else self._step_evenly()
        self._moments = lay_out(phases, sum(part.shares) / part.generators, steps)
        self._next = next(self._moments, math.inf)

    def take(self) -> tuple[float, Task] | None:
        """Return the next arrival that is not yet too late, with its task; None after the last."""
        while (due := self._next) < self._end:
            self._next = next(self._moments, math.inf)
            task = self._choose_task()
            now = self.clock.now()
            if now - due <= LATE_MAX and now < self._end:
                return due, task
            self._miss(due)
        return None

    def halt(self) -> None:
        """Let the load end now: whoever is due later is not to come."""
        self._end = min(self._end, max(0.0, self.clock.now()))

    def give_back(self, due: float) -> None:
        """Take back an arrival that did not go out; before the end it is missed."""
        if due < self._end:
            self._miss(due)

    def drain(self) -> None:
        """After the end, count as missed who was due and whom nobody took."""
        while self.take():
            pass

    def _choose_task(self) -> Task:
        point = self._random.random() * self._steps[-1]
        return self._part.tasks[bisect(self._steps, point, hi=len(self._steps) - 1)]

    def _step_randomly(self) -> Iterator[float]:
        while True:
            yield self._random.expovariate(1.0)

    def _step_evenly(self) -> Iterator[float]:
        # Several generators come in turn, not all at the same moment.
        yield (self._part.index + 0.5) / self._part.generators
        while True:
            yield 1.0


def lay_out(phases: Sequence[Phase], share: float, steps: Iterator[float]) -> Iterator[float]:
    """Yield the moments of the arrivals that are `steps` apart on the integral of this share of the rate."""
    ahead = next(steps)
    for phase in phases:
        first, last = phase.from_rate * share, phase.rate * share
        slope = (last - first) / phase.seconds
        held = (first + last) / 2 * phase.seconds
        done = 0.0
        while done + ahead < held:
            done += ahead
            # The smaller root of first * t + slope * t**2 / 2 = done, in the form that allows a slope of 0.
            root = math.sqrt(max(0.0, first * first + 2 * slope * done))
            yield phase.start + min(2 * done / (first + root), phase.seconds)
            ahead = next(steps)
        ahead -= held - done
