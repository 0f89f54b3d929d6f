import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.clock import Clock
from loadtests.result import Phase
from loadtests.schedule import LATE_MAX, Part, Schedule


class SetClock(Clock):
    """A clock that tells what it was told."""

    moment_now = 0.0

    def now(self) -> float:
        return self.moment_now


def one(person: Any) -> None: ...
def other(person: Any) -> None: ...


def steady(rate: float, seconds: float) -> list[Phase]:
    return [Phase(name="steady", start=0, seconds=seconds, from_rate=rate, rate=rate, measured=True)]


class Played:
    """A schedule, its clock, and whom it missed."""

    def __init__(
        self, phases: Sequence[Phase], part: Part | None = None, *, seed: int = 1, poisson: bool = True
    ) -> None:
        self.clock = SetClock()
        self.missed: list[float] = []
        part = part or Part((one,), (1.0,))
        self.schedule = Schedule(phases, part, Random(seed), self.clock, self.missed.append, poisson)  # noqa: S311

    def take_all(self) -> list[tuple[float, Any]]:
        taken = []
        while arrival := self.schedule.take():
            taken.append(arrival)
        return taken

    def moments(self) -> list[float]:
        return [due for due, _ in self.take_all()]


def test_constant_arrivals_are_evenly_apart() -> None:
    moments = Played(steady(50, 10), poisson=False).moments()
    assert len(moments) == 500
    gaps = [b - a for a, b in pairwise(moments)]
    assert all(math.isclose(gap, 0.02, abs_tol=1e-9) for gap in gaps)


def test_poisson_arrivals_have_the_rate_and_the_spread_of_strangers() -> None:
    moments = Played(steady(100, 200)).moments()
    assert abs(len(moments) - 20_000) < 5 * 20_000**0.5
    per_second = Counter(math.floor(moment) for moment in moments)
    mean = len(moments) / 200
    variance = sum((per_second[second] - mean) ** 2 for second in range(200)) / 200
    # Of a Poisson process the counts' variance is their mean; five standard deviations of that estimate.
    assert abs(variance / mean - 1) < 5 * (2 / 200) ** 0.5


def test_a_ramp_goes_evenly_from_rate_to_rate() -> None:
    ramp = Phase(name="ramp", start=0, seconds=100, from_rate=10, rate=90, measured=True)
    moments = Played([ramp], poisson=False).moments()
    assert abs(len(moments) - 5000) <= 1
    # The integral of the rate at a quarter, half and three quarters of the time.
    for time in (25, 50, 75):
        assert abs(sum(moment < time for moment in moments) - (10 * time + 0.4 * time**2)) <= 1


def test_a_step_begins_where_its_phase_does() -> None:
    slow, fast = steady(10, 10)[0], steady(100, 10)[0]
    moments = Played([slow, fast.model_copy(update={"start": 10.0})], poisson=False).moments()
    assert abs(sum(moment < 10 for moment in moments) - 100) <= 1
    assert abs(sum(moment >= 10 for moment in moments) - 1000) <= 1


@given(
    rates=st.lists(
        st.tuples(st.floats(0.5, 40), st.floats(0.5, 40), st.floats(0.5, 10)), min_size=1, max_size=4
    ),
    poisson=st.booleans(),
)
def test_moments_are_in_order_and_within_the_load(
    rates: list[tuple[float, float, float]], poisson: bool
) -> None:
    phases, start = [], 0.0
    for first, last, seconds in rates:
        phases.append(
            Phase(name="p", start=start, seconds=seconds, from_rate=first, rate=last, measured=True)
        )
        start += seconds
    moments = Played(phases, poisson=poisson).moments()
    assert moments == sorted(moments)
    assert all(0 <= moment < start for moment in moments)


@pytest.mark.parametrize("poisson", [True, False])
def test_the_same_seed_gives_the_same_arrivals(poisson: bool) -> None:
    part = Part((one, other), (0.5, 0.5))
    first, again, another = (
        Played(steady(20, 20), part, seed=s, poisson=poisson).take_all() for s in (1, 1, 2)
    )
    assert first == again != another


def test_generators_in_turn_make_the_same_even_stream_as_one() -> None:
    alone = Played(steady(30, 10), Part((one,), (1.0,)), poisson=False).moments()
    parts = [Played(steady(30, 10), Part((one,), (1.0,), index, 3), poisson=False) for index in range(3)]
    together = sorted(moment for part in parts for moment in part.moments())
    assert len(together) == len(alone) == 300
    gaps = [b - a for a, b in pairwise(together)]
    assert max(gaps) - min(gaps) < 1e-9


def test_tasks_come_up_by_their_shares_of_all_arrivals() -> None:
    taken = Played(steady(100, 400), Part((one, other), (0.6, 0.2))).take_all()
    counts = Counter(task for _, task in taken)
    assert abs(counts[one] - 24_000) < 5 * 24_000**0.5
    assert abs(counts[other] - 8_000) < 5 * 8_000**0.5


def test_whoever_waited_too_long_is_missed() -> None:
    played = Played(steady(10, 60), poisson=False)
    played.clock.moment_now = 30.0
    due, _ = played.schedule.take() or (math.nan, None)
    assert 30 - LATE_MAX <= due < 30 - LATE_MAX + 0.1
    assert len(played.missed) == 200
    assert max(played.missed) < due


def test_whoever_is_left_at_the_end_is_missed() -> None:
    played = Played(steady(10, 60), poisson=False)
    for _ in range(100):
        played.schedule.take()
    played.clock.moment_now = 60.0
    assert played.schedule.take() is None
    assert len(played.missed) == 500


def test_after_a_halt_only_those_due_before_it_are_missed() -> None:
    played = Played(steady(10, 60), poisson=False)
    played.schedule.take()
    asleep = played.schedule.take()
    assert asleep
    played.clock.moment_now = 5.0
    played.schedule.halt()
    played.schedule.drain()
    assert len(played.missed) == 48
    played.schedule.give_back(asleep[0])
    played.schedule.give_back(5.1)
    assert len(played.missed) == 49


def test_a_halt_before_the_start_misses_nobody() -> None:
    played = Played(steady(10, 60))
    played.clock.moment_now = -0.2
    played.schedule.halt()
    played.schedule.drain()
    assert played.missed == []


def test_a_rate_below_one_in_each_phase_still_comes_through() -> None:
    phases = [
        Phase(name=str(n), start=n, seconds=1, from_rate=0.4, rate=0.4, measured=True) for n in range(100)
    ]
    assert abs(len(Played(phases, poisson=False).moments()) - 40) <= 1
