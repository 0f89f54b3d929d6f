"""The histogram: a percentile within a hundredth, and sums that are exact."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.histogram import Histogram, merged

TIMES = st.lists(st.floats(min_value=2e-6, max_value=86_400), min_size=1, max_size=200)


@given(values=TIMES, share=st.sampled_from([0.0, 0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_within_one_hundredth_of_the_value_at_its_rank(
    values: list[float], share: float
) -> None:
    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]
    found = Histogram.of(values).percentile(share)
    assert found == pytest.approx(exact, rel=0.01)


@given(parts=st.lists(TIMES, max_size=5))
def test_the_sum_of_several_is_the_histogram_of_all(parts: list[list[float]]) -> None:
    together = Histogram.of(value for part in parts for value in part)
    assert merged(Histogram.of(part) for part in parts) == together


@given(values=TIMES)
def test_it_comes_back_whole_from_json(values: list[float]) -> None:
    histogram = Histogram.of(values)
    assert Histogram.model_validate_json(histogram.model_dump_json()) == histogram


def test_an_empty_one_has_no_percentile() -> None:
    assert Histogram().percentile(0.99) is None
    assert Histogram().share_above(1) == 0


def test_what_is_shorter_than_a_microsecond_counts_as_one() -> None:
    assert Histogram.of([0.0, -1.0]).percentile(1) == pytest.approx(1e-6, rel=0.01)


def test_the_share_above_a_limit_is_told() -> None:
    assert Histogram.of([0.1] * 98 + [2.0] * 2).share_above(1.0) == pytest.approx(0.02)
