"""Scales: from values to pixels, and the values that deserve a tick."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from loadtests.report.figures import tell_clock, tell_mark, tell_time_mark

CLOCK_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True)
class Scale:
    """Takes values from `low` to `high`, bent by `bend`, to pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...]
    """Values with what is written at them."""
    bend: Callable[[float], float] = float

    def place(self, value: float) -> float:
        """Return the pixel of `value`; what lies outside is put on the edge."""
        low, high = self.bend(self.low), self.bend(self.high)
        inside = min(max(value, self.low), self.high)
        return self.start + (self.bend(inside) - low) / (high - low) * (self.end - self.start)


def linear(
    high: float, start: float, end: float, tell: Callable[[float], str] = tell_mark, count: int = 4
) -> Scale:
    """Return a scale from 0 to a round value that is not below `high`."""
    step = bound_above((high if high > 0 else 1.0) / count)
    top = step * max(1, math.ceil(high / step - 1e-9))
    ticks = tuple((step * n, tell(step * n)) for n in range(round(top / step) + 1))
    return Scale(0.0, top, start, end, ticks)


def clock(seconds: float, start: float, end: float, count: int = 10) -> Scale:
    """Return a scale of the time since the load began."""
    step = next((s for s in CLOCK_STEPS if seconds / s <= count), math.ceil(seconds / count / 3600) * 3600)
    ticks = tuple((float(t), tell_clock(t)) for t in range(0, math.floor(seconds) + 1, step))
    return Scale(0.0, max(seconds, 1e-3), start, end, ticks)


def logarithmic(
    values: Iterable[float], start: float, end: float, tell: Callable[[float], str] = tell_time_mark
) -> Scale:
    """Return a scale that holds these values and at least one whole decade."""
    positive = [value for value in values if value > 0] or [0.001]
    low, high = bound_below(min(positive)), bound_above(max(positive))
    while high / low < 9.9:
        high = bound_above(high * 1.01)
    decades = math.log10(high / low)
    wanted = (1, 2, 5) if decades <= 2.4 else (1, 5) if decades <= 3.1 else (1,)
    exponents = range(math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9) + 1)
    marks = (mantissa * 10.0**exponent for exponent in exponents for mantissa in wanted)
    ticks = tuple((mark, tell(mark)) for mark in marks if low * 0.999 <= mark <= high * 1.001)
    return Scale(low, high, start, end, ticks, math.log10)


def bound_below(value: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above `value`."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return max(m * power for m in (1, 2, 5) if m * power <= value * (1 + 1e-9))


def bound_above(value: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below `value`."""
    power = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return min(m * power for m in (1, 2, 5, 10) if m * power >= value * (1 - 1e-9))


def rarity(total: int, start: float, end: float) -> Scale:
    """Return a scale of shares, as wide for 90% to 99% as for 99% to 99.9%, up to one of `total`."""
    top = 1 - 1 / max(total, 100)
    shares = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999, 0.999999)
    ticks = tuple((share, f"{share * 100:.6g}%") for share in shares if share <= top + 1e-12)
    return Scale(0.0, top, start, end, ticks, lambda share: -math.log10(1 - share))
