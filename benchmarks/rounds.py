"""Rounds: every subject is measured once in each, so that a ratio compares neighbours in time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

Measure = Callable[[int], float]
"""Measures for some seconds and returns a rate."""

SPREAD_ALLOWED = 0.30
DRIFT_ALLOWED = 0.20
CANARY_LOOPS = 200_000


@dataclass
class Rounds:
    """For each round the rate of each subject, and the seconds that a fixed piece of work took."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    canary: list[float] = field(default_factory=list)

    def ratios(self, subject: str, base: str) -> list[float]:
        """Return how many times the rate of `base` that of `subject` was, round by round."""
        return [a / b for a, b in zip(self.rates[subject], self.rates[base], strict=True)]

    def find_noise(self, base: str) -> list[str]:
        """Return why the machine was too noisy to judge; nothing when it was quiet.

        `base` is the subject that nothing but the machine can change.
        """
        measured = [
            (f"the rounds of {base}", spread(self.rates[base]), SPREAD_ALLOWED),
            ("the times of a fixed piece of work", spread(self.canary), DRIFT_ALLOWED),
        ]
        return [
            f"{what} lie {value:.0%} of their median apart (allowed: {allowed:.0%})"
            for what, value, allowed in measured
            if value > allowed
        ]


def run_rounds(
    subjects: Mapping[str, Measure], rounds: int, seconds: int, say: Callable[[str], None]
) -> Rounds:
    """Measure all `subjects` for some seconds in each of so many rounds; return their rates.

    Every other round goes backwards. A second of each goes before and is not counted.
    """
    say(f"Warming up {len(subjects)} subjects")
    for measure in subjects.values():
        measure(1)
    result = Rounds({name: [] for name in subjects})
    for number in range(rounds):
        say(f"Round {number + 1} of {rounds}")
        times = []
        for name in list(subjects)[:: -1 if number % 2 else 1]:
            times.append(time_canary())
            result.rates[name].append(subjects[name](seconds))
        result.canary.append(median(times))
    return result


def time_canary() -> float:
    """Return the seconds that a fixed piece of work takes on this machine now."""
    started = time.perf_counter()
    total = 0
    for number in range(CANARY_LOOPS):
        total += number & 7
    return time.perf_counter() - started


def spread(values: list[float]) -> float:
    """Return how far the highest and the lowest value lie apart, as a share of the median."""
    return (max(values) - min(values)) / median(values)
