"""How much of a difference between two runs is noise?

A run is cut into blocks of neighbouring windows (`blocks.py`), because requests of one moment share their
fate. From how the blocks differ among themselves follows how far a share of the whole run (of requests below
some time, of wrong answers) may be off, as the standard error of a ratio estimator with strata, one for each
phase (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, chapter 6). A percentile's range are the percentiles
at its share plus and minus that error (R. S. Woodruff, Confidence Intervals for Medians and Other Position
Measures, J. Am. Stat. Assoc. 47, 1952, 635-646). In simulations a bootstrap of the same blocks gave nearly
the same ranges up to the 95th percentile and ranges a sixth narrower at the 99th, but it has to be drawn, and
is silent where too few requests lie beyond.

What differs from one run to the next, but not within either, no estimate of this kind can see. Runs that
take turns show it: their noise comes from the spread between whole runs, too (`interleaved.py`).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, mean

from loadtests.blocks import Block, Cut, count_requests, count_right, count_up_to

FREEDOM_MIN = 4
"""With fewer blocks to spare, hardly anything is known of how far they spread."""
Estimate = Callable[[Cut, float], "Range | None"]
"""Finds a figure and its range, so many standard errors wide on each side; None where there is no figure."""


@dataclass(frozen=True)
class Range:
    """A figure of so many requests, and how far off it may be; `high` is infinite where nothing limits it."""

    value: float
    low: float
    high: float
    requests: int


def find_noise(base: Sequence[Cut], new: Sequence[Cut], estimate: Estimate, alarm: float) -> float:
    """Return by how much the figures of two sides differ by chance alone, with the chance `alarm` of more.

    The answer is for the direction in which they do differ, and infinite where there is no telling.
    """
    return max(differ(one, other, estimate, alarm) for one, other in zip(base, new, strict=True))


def differ(base: Cut, new: Cut, estimate: Estimate, alarm: float) -> float:
    """Return the noise according to one way of cutting."""
    freedom = sum(len(blocks) - 1 for blocks in (*base.strata, *new.strata) if blocks)
    if freedom < FREEDOM_MIN:
        return math.inf
    errors = find_student(1 - alarm, freedom)
    one, other = estimate(base, errors), estimate(new, errors)
    if one is None or other is None:
        return math.inf
    if other.value >= one.value:
        return math.hypot(one.high - one.value, other.value - other.low)
    return math.hypot(one.value - one.low, other.high - other.value)


def estimate_percentile(share: float) -> Estimate:
    def estimate(cut: Cut, errors: float) -> Range | None:
        times = cut.whole.times
        value = times.percentile(share)
        if value is None:
            return None
        least = math.sqrt(share * (1 - share) / times.total)
        error = find_error(cut, lambda block: count_up_to(block, value), count_requests, least)
        low, high = share - errors * error, share + errors * error
        top = times.percentile(high) if high < 1 else None
        return Range(value, times.percentile(max(0.0, low)) or value, top or math.inf, times.total)

    return estimate


def estimate_rate(cut: Cut, errors: float) -> Range | None:
    """Find the right answers a second. Were they independent, their number would be off by its root."""
    whole = cut.whole
    if not whole.seconds:
        return None
    least = math.sqrt(count_right(whole)) / whole.seconds
    error = find_error(cut, count_right, lambda block: block.seconds, least)
    rate = count_right(whole) / whole.seconds
    return Range(rate, rate - errors * error, rate + errors * error, whole.times.total)


def estimate_error_ratio(cut: Cut, errors: float) -> Range | None:
    """Find the share of wrong answers. One more may always come."""
    whole = cut.whole
    requests = whole.times.total
    if not requests:
        return None
    ratio, likely = whole.wrong / requests, min(1.0, (whole.wrong + 1) / requests)
    least = math.sqrt(likely * (1 - likely) / requests)
    error = find_error(cut, lambda block: block.wrong, count_requests, least)
    return Range(ratio, ratio - errors * error, ratio + errors * error, requests)


def find_error(
    cut: Cut, part: Callable[[Block], float], whole: Callable[[Block], float], least: float
) -> float:
    """Return the standard error of the sum of all parts divided by the sum of all wholes, or `least`.

    `least` is what independent requests would give: blocks that agree better than that do so by chance.
    """
    wholes = sum(map(whole, cut.blocks))
    ratio = sum(map(part, cut.blocks)) / wholes
    variance = 0.0
    for blocks in cut.strata:
        if len(blocks) > 1:
            rests = [part(block) - ratio * whole(block) for block in blocks]
            middle = mean(rests)
            variance += len(rests) / (len(rests) - 1) * sum((rest - middle) ** 2 for rest in rests)
    return max(math.sqrt(variance) / wholes, least)


def find_student(share: float, freedom: int) -> float:
    """Return the quantile of Student's t distribution, by its expansion around the normal one.

    M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 1964, formula 26.7.5.
    """
    z = NormalDist().inv_cdf(share)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
