"""A target that nobody runs: a queue whose capacity under an objective is known from a formula.

Poisson arrivals, `SERVERS` servers with exponential service times (M/M/c). A trial simulates some seconds of
it and passes when the 95th percentile of what came after a warm-up keeps the objective, so trials near the
capacity come out either way, as real ones do. Some trials may be disturbed (a neighbour slows the servers
down for their whole length) or impossible to measure.
"""

import math
from dataclasses import dataclass
from heapq import heapreplace
from random import Random

from loadtests.result import Outcome

SERVERS = 4
SERVICE = 0.004
OBJECTIVE = 0.050
WARM_UP, SECONDS = 2.0, 5.0
DISTURBED = 1.5
"""How much longer services take in a disturbed trial."""


@dataclass
class SimulatedQueue:
    """`disturbed` and `invalid` are shares of the trials."""

    random: Random
    disturbed: float = 0.0
    invalid: float = 0.0

    def try_rate(self, rate: float) -> Outcome:
        """Return what a trial at `rate` arrivals a second comes to."""
        if self.random.random() < self.invalid:
            return Outcome.INVALID
        slower = DISTURBED if self.random.random() < self.disturbed else 1.0
        times = sorted(self._serve(rate, 1 / (SERVICE * slower)))
        kept = not times or times[math.ceil(0.95 * len(times)) - 1] <= OBJECTIVE
        return Outcome.PASS if kept else Outcome.FAIL

    def _serve(self, rate: float, service_rate: float) -> list[float]:
        """Return the times of those who came after the warm-up."""
        draw, free, now, times = self.random.expovariate, [0.0] * SERVERS, 0.0, []
        while (now := now + draw(rate)) < WARM_UP + SECONDS:
            done = max(now, free[0]) + draw(service_rate)
            heapreplace(free, done)
            if now > WARM_UP:
                times.append(done - now)
        return times


def share_too_slow(rate: float) -> float:
    """Return the share of customers that an M/M/c queue keeps longer than the objective (Erlang C)."""
    offered = rate * SERVICE
    if offered >= SERVERS:
        return 1.0
    idle = sum(offered**n / math.factorial(n) for n in range(SERVERS))
    full = offered**SERVERS / math.factorial(SERVERS) * SERVERS / (SERVERS - offered)
    spare = SERVERS - 1 - offered
    waits = full / (idle + full) * (1 - math.exp(-OBJECTIVE / SERVICE * spare)) / spare
    return math.exp(-OBJECTIVE / SERVICE) * (1 + waits)


def find_capacity() -> float:
    """Return the rate at which exactly 5 % are too slow."""
    low, high = 1.0, SERVERS / SERVICE
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if share_too_slow(middle) <= 0.05 else (low, middle)
    return low
