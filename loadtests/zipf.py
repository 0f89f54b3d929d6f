"""Skewed choice: a few things are wanted by nearly everybody, most by hardly anyone."""

from bisect import bisect
from itertools import accumulate
from random import Random


class Zipf:
    """Draws ranks from 0 to `size` - 1; rank r comes up in proportion to 1 / (r + 1) ** `skew`."""

    def __init__(self, size: int, skew: float, random: Random) -> None:
        self._steps = list(accumulate(1 / rank**skew for rank in range(1, size + 1)))
        self._random = random

    def draw(self) -> int:
        """Return one rank."""
        return bisect(self._steps, self._random.random() * self._steps[-1], hi=len(self._steps) - 1)
