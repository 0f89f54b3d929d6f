"""A search for the capacity on a real target: it makes the trials that the search asks for."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from loadtests.capacity import Capacity, Trial, write_capacity
from loadtests.conclusion import conclude, note_canary
from loadtests.result import Outcome, Result, write_result
from loadtests.search import INVALID_MAX, TRIALS_MAX, Purpose, Search, Step
from loadtests.terminal import Terminal
from loadtests.trial import WARM_UP, describe_trial, format_trial, judge_trial, plan_trial
from loadtests.verdict import CEILING_SHARE
from loadtests.workload import Workload

START = 50.0
"""Arrivals a second; also the rate at which the target rests."""
REST = 2.0
RESTS_MAX = 3
PAUSE = 5.0
"""Seconds that whoever disturbs has to go away; twice that after a second invalid trial, and so on."""
CPU_TELLING = 0.2
"""Of a core; a generator that uses less is mostly busy with itself."""
CAUTION = 0.9
"""The last trial must not be one of those that use a little too much."""
HOLD_FACTOR = 4
OVERHEAD = 1.0
"""Seconds that a load takes to begin and to end."""
TRIALS_USUAL = 28


class Session(Protocol):
    """What can be loaded several times (`loadtests.run.Session`)."""

    def measure(self, workload: Workload, name: str, accounts: bool = True) -> Result: ...


@dataclass(frozen=True)
class Rest:
    """How a target is with hardly any load."""

    p50: float
    in_flight: int
    requests: float
    """For each arrival."""

    def restored(self, now: "Rest") -> bool:
        """Tell whether the target is `now` as it was."""
        return now.p50 <= 1.5 * self.p50 + 0.002 and now.in_flight <= 2 * self.in_flight + 5


class Experiment:
    """One search; `capacity` is the document that it fills and keeps in `folder` after every trial."""

    def __init__(
        self,
        session: Session,
        workload: Workload,
        seconds: float,
        capacity: Capacity,
        folder: Path,
        terminal: Terminal,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = session
        self._workload = workload
        self._seconds = seconds
        self._capacity = capacity
        self._folder = folder
        self._terminal = terminal
        self._sleep = sleep
        self._canary: list[float] = []
        self._invalid = 0
        self._started = time.monotonic()

    def run(self) -> None:
        """Search to the end, or until somebody interrupts; what was found is in `capacity` either way."""
        search, interrupted = None, False
        try:
            base = self._rest()
            usable = math.floor(CEILING_SHARE * self._capacity.ceiling / base.requests)
            search = Search(START, usable, self._capacity.precision)
            while step := search.next_rate():
                trial = self._try(step)
                if trial.outcome is Outcome.PASS and trial.generator_cpu > CPU_TELLING:
                    search.learn_limit(step.rate * CAUTION * CEILING_SHARE / trial.generator_cpu)
                search.tell(trial.outcome)
                self._recover(base, trial.outcome)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            conclude(self._capacity, search, interrupted)
            self._keep()

    def _try(self, step: Step) -> Trial:
        number = len(self._capacity.trials) + 1
        hold = step.purpose is Purpose.HOLD
        workload = plan_trial(self._workload, step.rate, self._seconds * (HOLD_FACTOR if hold else 1), number)
        # Accounts grow over the whole session, so the last trials check them for all.
        result = self._session.measure(workload, f"trial-{number:02}", accounts=hold)
        judge_trial(result, self._capacity.objectives)
        self._canary += result.canary
        path = Path("trials", f"{number:02}-{step.purpose}-{step.rate:.0f}", "result.json")
        (self._folder / path).parent.mkdir(parents=True)
        write_result(result, self._folder / path)
        trial = describe_trial(result, step, number, str(path))
        self._capacity.trials.append(trial)
        self._keep()
        self._terminal.say(format_trial(trial))
        if result.interrupted:
            raise KeyboardInterrupt
        return trial

    def _recover(self, base: Rest, outcome: Outcome) -> None:
        """Wait until the target is as it was in the beginning, or for so long as is reasonable."""
        self._invalid = self._invalid + 1 if outcome is Outcome.INVALID else 0
        self._sleep(PAUSE * self._invalid)
        if outcome is Outcome.PASS:
            return  # who kept up has nothing to recover from
        for _ in range(RESTS_MAX):
            if base.restored(self._rest()):
                return

    def _rest(self) -> Rest:
        workload = plan_trial(self._workload, min(START, CEILING_SHARE * self._capacity.ceiling), REST, 0)
        rest = workload.model_copy(update={"phases": workload.phases[1:]})
        result = self._session.measure(rest, "rest", accounts=False)
        if result.interrupted:
            raise KeyboardInterrupt
        windows = result.windows_of()
        arrivals = sum(result.windows[number].sent for number in windows)
        requests = sum(cell.requests for cell in result.cells_of(windows))
        return Rest(
            p50=result.corrected(windows).percentile(0.5) or 0.0,
            in_flight=max(result.windows[number].in_flight for number in windows),
            requests=max(1.0, requests / arrivals if arrivals else 1.0),
        )

    def _keep(self) -> None:
        self._capacity.seconds = time.monotonic() - self._started
        if self._canary:
            note_canary(self._capacity, self._canary)
        write_capacity(self._capacity, self._folder)


def estimate_minutes(seconds: float) -> tuple[float, float]:
    """Return how long a search with trials of so many `seconds` takes: usually, and at most."""
    trial, rest = WARM_UP + seconds + OVERHEAD, REST + OVERHEAD
    holds = (HOLD_FACTOR - 1) * seconds
    usual = TRIALS_USUAL * (trial + rest / 3) + holds
    most = TRIALS_MAX * (trial + RESTS_MAX * rest + PAUSE * INVALID_MAX / 2) + INVALID_MAX * 3 * holds
    return usual / 60, most / 60
