"""The search for the highest rate that keeps the objectives. It decides, and does nothing else.

It asks for one trial after the other (`next_rate`) and is told what came of it (`tell`). No clock, no
input, no output: the same outcomes lead to the same steps. Nothing bad is believed at once, since a busy
neighbour looks the same: a rate is too high when two of three trials at it failed, and a trial that could
not be measured is made again.
"""

import math
from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum

from loadtests.result import Outcome

DOUBLE = 2.0
STEP_DOWN = 0.96
CONFIRMATIONS = 3
"""So many trials at the candidate must pass before as many fail."""
HOLD = 0.90
PROBES = 3
"""How often the search may find that it can go on upwards, after all."""
INVALID_MAX = 4
"""It gives up when so many trials in a row were invalid."""
TRIALS_MAX = 60
"""Three searches in four need fewer than 35."""


class Purpose(StrEnum):
    """What a trial is for: the phase of the search."""

    DOUBLING = "doubling"
    BISECTION = "bisection"
    CONFIRMATION = "confirmation"
    PROBE = "probe"
    HOLD = "hold"


class Answer(StrEnum):
    """How a search ended."""

    FOUND = "found"
    AT_LEAST = "at least"
    NONE = "none"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True)
class Step:
    """The trial to make next, at `rate` arrivals a second."""

    purpose: Purpose
    rate: float


class Unresolved(Exception):  # noqa: N818 - an end of the search, not a mistake
    """The search cannot go on; the text says why."""


Course = Generator[Step, Outcome, None]
Decision = Generator[Step, Outcome, bool]


class Search:
    """Searches from `start` up to `limit`, the most that the generators may be asked for.

    Neighbouring rates are told apart down to `precision`. After at most `trials_max` trials there is an
    `answer`: FOUND (`value` was confirmed, a step above it failed), AT_LEAST (`value` is the limit), NONE
    (even `start` is too much) or UNRESOLVED (`why` says what stood in the way; `value` is what had been
    confirmed until then, if anything).
    """

    def __init__(
        self, start: float, limit: float, precision: float = 0.05, trials_max: int = TRIALS_MAX
    ) -> None:
        self.answer: Answer | None = None
        self.value: float | None = None
        self.why = ""
        self._calibrated = self._limit = limit
        self._precision = precision
        self._left = trials_max
        self._low = 0.0
        self._high: float | None = None
        self._course = self._search(min(start, limit))
        self._step: Step | None = next(self._course)

    def next_rate(self) -> Step | None:
        """Return the trial to make now; None when the search has ended."""
        return self._step

    def learn_limit(self, limit: float) -> None:
        """Take note, before a trial's outcome is told, that the generators give about `limit`, or less."""
        self._limit = min(self._calibrated, limit)

    def tell(self, outcome: Outcome) -> None:
        """Take in the outcome of that trial: PASS, FAIL or INVALID."""
        try:
            self._step = self._course.send(outcome)
        except StopIteration:
            self._step = None

    def _search(self, start: float) -> Course:
        try:
            self.answer = yield from self._find(start)
        except Unresolved as reason:
            self.answer, self.why = Answer.UNRESOLVED, str(reason)

    def _find(self, start: float) -> Generator[Step, Outcome, Answer]:
        yield from self._climb(start, DOUBLE, Purpose.DOUBLING)
        if not self._low:
            return Answer.NONE
        yield from self._settle()
        for _ in range(PROBES):
            if not (yield from self._rise()):
                break
            yield from self._settle()
        yield from self._hold()
        return Answer.AT_LEAST if self._high is None and self._is_at_limit() else Answer.FOUND

    def _climb(self, rate: float, factor: float, purpose: Purpose) -> Course:
        """Go up by `factor` until a rate is too high, or at the limit."""
        while (yield from self._passes(rate, purpose)):
            self._low, self._high = rate, None
            if self._is_at_limit():
                return
            rate = min(rate * factor, self._limit)
        self._high = rate

    def _settle(self) -> Course:
        """Come to a rate that is confirmed, with one that is too high close above it."""
        # Confirmation may cost a step down of nearly `precision`, so the candidate has to be closer.
        yield from self._bisect(self._precision / 2)
        down = STEP_DOWN
        while not (yield from self._wins(self._low, Purpose.CONFIRMATION, votes=CONFIRMATIONS)):
            self._high, self._low = self._low, self._low * down
            # The longer it goes on, the farther off the truth is.
            down *= down
            yield from self._bisect(self._precision)
        self.value = self._low

    def _bisect(self, width: float) -> Course:
        """Halve the distance between the bounds, on a log scale, until they are `width` apart."""
        while self._high is not None and self._high > self._low * (1 + width):
            middle = math.sqrt(self._low * self._high)
            if (yield from self._passes(middle, Purpose.BISECTION)):
                self._low = middle
            else:
                self._high = middle

    def _rise(self) -> Decision:
        """Try one step above the candidate, and go on upwards when two of three trials there pass."""
        if self._is_at_limit():
            return False
        factor = 1 + self._precision
        above = min(self._low * factor, self._limit)
        if not (yield from self._wins(above, Purpose.PROBE, votes=2)):
            return False
        self._low, self._high = above, None
        if not self._is_at_limit():
            yield from self._climb(min(above * factor**2, self._limit), factor**4, Purpose.PROBE)
        return True

    def _is_at_limit(self) -> bool:
        """Tell whether no rate that differs from the present one is left below the limit."""
        return self._low * (1 + self._precision) > self._limit

    def _hold(self) -> Course:
        if not (yield from self._passes(self._low * HOLD, Purpose.HOLD)):
            raise Unresolved(f"{HOLD:.0%} of {self._low:,.0f} a second did not hold")

    def _passes(self, rate: float, purpose: Purpose) -> Decision:
        """Tell whether `rate` can be kept: it can unless two of three trials fail."""
        if (yield from self._try(rate, purpose)):
            return True
        for _ in range(2):
            if not (yield from self._try(rate, purpose)):
                return False
        return True

    def _wins(self, rate: float, purpose: Purpose, votes: int) -> Decision:
        """Tell whether so many trials at `rate` pass before as many fail."""
        balance = {True: 0, False: 0}
        while max(balance.values()) < votes:
            balance[(yield from self._try(rate, purpose))] += 1
        return balance[True] == votes

    def _try(self, rate: float, purpose: Purpose) -> Decision:
        """Make one trial that can be measured, and tell whether it passed."""
        for _ in range(INVALID_MAX):
            if not self._left:
                raise Unresolved("the trials that a search may take are used up")
            self._left -= 1
            outcome = yield Step(purpose, rate)
            if outcome is not Outcome.INVALID:
                return outcome is Outcome.PASS
        raise Unresolved(f"{INVALID_MAX} trials in a row at {rate:,.0f} a second could not be measured")
