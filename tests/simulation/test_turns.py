"""Do turns make up for a host that wanders? Comparisons whose truth is known, as in test_compare.py."""

# ruff: noqa: S311 - random numbers that are repeatable on purpose

import math
from random import Random

from loadtests.compare import compare, compare_runs
from loadtests.comparison import Comparison
from loadtests.result import Outcome, Result
from tests.loadtests.simulated_runs import Plan, simulate
from tests.simulation.counting import count_outcomes


def take_turns(random: Random, slower: float) -> Comparison:
    """Compare two sides in turns on a host that wanders by 2 % from one segment to the next."""
    level = 0.0
    sides: tuple[list[Result], list[Result]] = ([], [])
    for number in range(8):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            level += random.gauss(0, 0.02)
            factor = math.exp(level) * (slower if side else 1.0)
            sides[side].append(simulate(random, Plan(seconds=8, slower=factor)))
    return compare_runs(*sides)


def test_turns_tell_a_fifth_from_nothing_on_a_host_that_wanders() -> None:
    random = Random("turns")
    assert count_outcomes(25, lambda: take_turns(random, 1.0))[Outcome.REGRESSION] <= 1
    assert count_outcomes(25, lambda: take_turns(random, 1.2))[Outcome.REGRESSION] >= 22


def test_one_run_after_the_other_raises_false_alarms_on_such_a_host() -> None:
    """Why there are turns: what the host does between two runs looks like what the release did."""
    random = Random("sequence")

    def compare_later() -> Comparison:
        later = Plan(slower=math.exp(random.gauss(0, 0.1)))
        return compare(simulate(random, Plan()), simulate(random, later))

    assert count_outcomes(30, compare_later)[Outcome.REGRESSION] >= 3
