"""The search for the capacity, on queues whose capacity is known and whose trials come out either way."""

from collections.abc import Iterator
from random import Random

import pytest

from loadtests.search import Answer, Search
from tests.simulation.simulated_queue import SimulatedQueue, find_capacity


def find_in_queues(seeds: int, **noise: float) -> Iterator[Search]:
    for seed in range(seeds):
        queue = SimulatedQueue(Random(seed), **noise)  # noqa: S311 - repeatable on purpose
        search = Search(50, 3600)
        while step := search.next_rate():
            search.tell(queue.try_rate(step.rate))
        yield search


def is_close(search: Search) -> bool:
    return search.value == pytest.approx(find_capacity(), rel=0.05)


def test_the_capacity_of_a_queue_is_found_within_5_percent() -> None:
    searches = list(find_in_queues(20))
    assert all(map(is_close, searches))
    assert {search.answer for search in searches} == {Answer.FOUND}


def test_it_is_found_though_every_tenth_trial_is_disturbed_and_every_tenth_invalid() -> None:
    searches = list(find_in_queues(30, disturbed=0.1, invalid=0.1))
    assert sum(map(is_close, searches)) >= 28
