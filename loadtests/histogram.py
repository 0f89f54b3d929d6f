"""Times, counted in buckets that are one hundredth wide.

A bucket holds the values from BASE**index to BASE**(index + 1) microseconds and is told as its middle,
so a percentile is off by half a hundredth at most, for any time from a microsecond to a day. Counts add
up: the histogram of many generators is the sum of theirs, exactly, which no percentile ever is. After
HdrHistogram (http://hdrhistogram.org), with logarithms for its linear steps.
"""

import math
from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, Field

BASE = 1.01
UNIT = 1e-6
"""Seconds; what is shorter counts as this long."""
LOG_BASE = math.log(BASE)


class Histogram(BaseModel):
    """How many values each bucket holds; values are seconds."""

    counts: dict[int, int] = Field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        histogram = cls()
        for value in values:
            histogram.record(value)
        return histogram

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def record(self, value: float) -> None:
        index = bucket_of(value)
        self.counts[index] = self.counts.get(index, 0) + 1

    def merge(self, other: "Histogram") -> None:
        """Add what `other` has counted."""
        for index, count in other.counts.items():
            self.counts[index] = self.counts.get(index, 0) + count

    def percentile(self, share: float) -> float | None:
        """Return the value that this share (0 to 1) of all values does not exceed; None when empty."""
        rank = max(1, math.ceil(share * self.total))
        seen = 0
        for index in sorted(self.counts):
            seen += self.counts[index]
            if seen >= rank:
                return middle_of(index)
        return None

    def share_above(self, value: float) -> float:
        """Return which share of all values lies in buckets above that of `value`; 0 when empty."""
        limit, total = bucket_of(value), self.total
        return sum(n for index, n in self.counts.items() if index > limit) / total if total else 0.0


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """Return the sum of several histograms."""
    result = Histogram()
    for histogram in histograms:
        result.merge(histogram)
    return result


def bucket_of(value: float) -> int:
    return math.floor(math.log(value / UNIT) / LOG_BASE) if value > UNIT else 0


def middle_of(index: int) -> float:
    return UNIT * math.pow(BASE, index + 0.5)
