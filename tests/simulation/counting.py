"""What many comparisons came to."""

from collections import Counter
from collections.abc import Callable

from loadtests.comparison import Comparison
from loadtests.result import Outcome


def count_outcomes(number: int, make: Callable[[], Comparison]) -> Counter[Outcome]:
    return Counter(make().outcome for _ in range(number))
