from collections import Counter
from random import Random

import pytest

from loadtests.zipf import Zipf

DRAWS = 100_000


def draw(size: int, skew: float, seed: int = 1) -> Counter[int]:
    zipf = Zipf(size, skew, Random(seed))  # noqa: S311
    return Counter(zipf.draw() for _ in range(DRAWS))


@pytest.mark.parametrize("skew", [0.8, 1.1, 2.0])
def test_each_rank_comes_up_by_its_law(skew: float) -> None:
    drawn, total = draw(50, skew), sum(1 / rank**skew for rank in range(1, 51))
    for rank in (0, 1, 4, 9, 49):
        expected = DRAWS / (rank + 1) ** skew / total
        # Five standard deviations of a count.
        assert abs(drawn[rank] - expected) < 5 * expected**0.5 + 1


def test_no_other_rank_comes_up() -> None:
    assert set(draw(3, 1.0)) == {0, 1, 2}
    assert set(draw(1, 1.0)) == {0}


def test_the_same_seed_draws_the_same() -> None:
    assert draw(20, 1.1, seed=7) == draw(20, 1.1, seed=7) != draw(20, 1.1, seed=8)


def test_the_largest_random_number_stays_in_range() -> None:
    class Largest(Random):
        def random(self) -> float:
            return 1 - 2**-53

    assert Zipf(3, 1.1, Largest()).draw() == 2
