"""What noise is estimated from: the spread between blocks, and never less than that of single requests."""

import math
from random import Random

import pytest

from loadtests.blocks import BLOCKS, Block, Cut, cut_runs
from loadtests.histogram import Histogram
from loadtests.noise import (
    estimate_error_ratio,
    estimate_percentile,
    estimate_rate,
    find_noise,
    find_student,
)
from tests.loadtests.simulated_runs import Plan, simulate

# ruff: noqa: S311 - random numbers that are repeatable on purpose


def make_block(*times: float, wrong: int = 0) -> Block:
    return Block(1.0, wrong, Histogram.of(times))


@pytest.mark.parametrize(
    ("share", "freedom", "quantile"),
    # From the published tables of Student's distribution.
    [(0.975, 10, 2.228), (0.995, 5, 4.032), (0.999, 20, 3.552), (0.9995, 6, 5.959)],
)
def test_student_s_quantiles_agree_with_the_tables(share: float, freedom: int, quantile: float) -> None:
    assert find_student(share, freedom) == pytest.approx(quantile, rel=0.02)


def test_blocks_lose_no_window_and_no_request() -> None:
    run = simulate(Random(1), Plan(seconds=31))
    (cut,) = cut_runs([run], None)
    assert [len(stratum) for stratum in cut.strata] == [BLOCKS]
    assert cut.whole.seconds == 31
    assert cut.whole.times == run.corrected(run.windows_of())


def test_enough_runs_of_one_side_are_blocks_themselves() -> None:
    random = Random(1)
    runs = [simulate(random, Plan(seconds=6)) for _ in range(4)]
    assert [[len(stratum) for stratum in cut.strata] for cut in cut_runs(runs, None)] == [[6] * 4, [4]]
    assert len(cut_runs(runs[:3], None)) == 1


def test_blocks_that_agree_by_chance_are_not_believed_more_than_their_number_of_requests() -> None:
    cut = Cut([[make_block(*(0.001 * n for n in range(1, 101))) for _ in range(12)]])
    found = estimate_percentile(0.5)(cut, 3.0)
    assert found is not None
    error = 3 * math.sqrt(0.25 / 1200)
    assert found.low == pytest.approx(0.1 * (0.5 - error), rel=0.03)
    assert found.high == pytest.approx(0.1 * (0.5 + error), rel=0.03)


def test_blocks_that_differ_widen_the_range() -> None:
    even = Cut([[make_block(*([0.010] * 50 + [0.020] * 50)) for _ in range(12)]])
    uneven = Cut([[make_block(*([0.010] * 100 if n % 2 else [0.020] * 100)) for n in range(12)]])
    noises = [find_noise([cut], [cut], estimate_percentile(0.4), 0.001) for cut in (even, uneven)]
    assert noises[0] < 0.001 < noises[1]


def test_phases_that_differ_do_not() -> None:
    """A phase under more load is slower by intention; only blocks of one phase are compared."""
    slow, fast = [make_block(*[0.5] * 100)] * 12, [make_block(*[0.01] * 100)] * 12
    apart, mixed = Cut([fast, slow]), Cut([fast + slow])
    noises = [find_noise([cut], [cut], estimate_percentile(0.25), 0.001) for cut in (apart, mixed)]
    assert noises[0] < 0.001 < noises[1]


def test_a_percentile_with_too_few_requests_beyond_it_is_unlimited() -> None:
    cut = Cut([[make_block(*(0.001 * n for n in range(1, 11))) for _ in range(12)]])
    found = estimate_percentile(0.99)(cut, 3.0)
    assert found is not None
    assert found.high == math.inf
    assert find_noise([cut], [cut], estimate_percentile(0.99), 0.001) == math.inf


def test_a_handful_of_blocks_says_nothing_of_noise() -> None:
    cut = Cut([[make_block(*[0.01] * 100), make_block(*[0.01] * 100)]])
    assert find_noise([cut], [cut], estimate_percentile(0.5), 0.001) == math.inf


def test_no_request_has_no_percentile_and_no_error_ratio_but_a_rate() -> None:
    cut = Cut([[make_block(), make_block()]])
    assert estimate_percentile(0.5)(cut, 3.0) is None
    assert estimate_error_ratio(cut, 3.0) is None
    assert estimate_rate(cut, 3.0) is not None


def test_one_wrong_answer_among_thousands_is_noise() -> None:
    clean = Cut([[make_block(*[0.01] * 500) for _ in range(12)]])
    one = Cut([[make_block(*[0.01] * 500, wrong=int(n == 0)) for n in range(12)]])
    noise = find_noise([clean], [one], estimate_error_ratio, 0.001)
    assert 1 / 6000 < noise < 0.003


def test_the_range_of_a_percentile_holds_the_truth_as_often_as_it_says() -> None:
    """Requests that depend on nothing: with two errors on each side, in about 95 of 100."""
    random, held = Random(5), 0
    for _ in range(200):
        cut = Cut([[make_block(*(random.expovariate(1.0) for _ in range(100))) for _ in range(12)]])
        found = estimate_percentile(0.95)(cut, 2.0)
        assert found is not None
        held += found.low <= -math.log(0.05) <= found.high
    assert 184 <= held <= 200
