"""Finding what one generator on this machine can give: its ceiling, in requests a second.

The generator finds it itself, on the way that every request of a run takes: with more arrivals than it can
serve, and a target that costs next to nothing.
"""

import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any, cast

from loadtests.calibration import Calibration, keep_calibration, read_calibrations
from loadtests.crew import LocalCrew
from loadtests.errors import TargetError
from loadtests.fingerprint import take_fingerprint
from loadtests.generator import Report
from loadtests.mix import arrival
from loadtests.scenario import Person, Scenario
from loadtests.terminal import Terminal
from loadtests.verdict import CEILING_SHARE
from loadtests.workload import PhasePlan, Workload

PATH = "/-/nginx-health"
"""Answered by Nginx itself, from memory."""
RATE = 30_000.0
"""More than a generator can give. Each arrival too many costs it a little."""
PEOPLE = 32
WARM_UP, SECONDS = 2.0, 5.0
BUSY = 0.75
"""A generator that used less of a core than this was held up."""
MACHINE = ("processor", "cores", "kernel", "python", "locust")


class Caller(Person):
    """Asks for one small thing again and again."""

    path = PATH

    @arrival("calibration")
    def call(self) -> None:
        self.ask("calibration", "GET", self.path, 200)


class Calls:
    """Stands for a scenario without being one: every run plays all there are."""

    people = (Caller,)

    def tell(self) -> dict[str, Any]:
        return {}


def find_ceiling(host: str, results: Path, terminal: Terminal) -> float:
    """Return what one generator on this machine can give, in requests a second.

    It is what is kept in the folder `results`. Without that, `host` is called for some seconds, and what was
    found is kept, unless something held the generator up. Raises TargetError and ResultError.
    """
    machine = describe_machine()
    for kept in read_calibrations(results).machines:
        if kept.machine == machine:
            return kept.ceiling
    terminal.say(f"Calibrating the generator, once on this machine ({WARM_UP + SECONDS:g} s)")
    found = calibrate(host, PATH)
    if found.cpu >= BUSY:
        keep_calibration(found, results)
    terminal.say(describe_calibration(found))
    return found.ceiling


def calibrate(host: str, path: str, seconds: float = SECONDS) -> Calibration:
    """Call `host` for so many seconds after a warm-up; return the median of its windows.

    Raises TargetError when it gives no right answer.
    """
    Caller.path = path
    reports = play(host, plan(seconds))
    faults = [fault for report in reports for fault in report.record.faults]
    if faults:
        raise TargetError(
            f"{host} is no good to calibrate with: GET {path}: {faults[0].fault}. "
            "Once, say `calibrate --path` with something small that it answers."
        )
    answered: Counter[int] = Counter()
    for report in reports:
        answered.update({tally.number: tally.answered for tally in report.record.tallies})
    windows = [answered[number] for number in range(int(WARM_UP), int(WARM_UP + seconds))]
    samples = [each.cpu for report in reports for each in report.fitness if each.time >= WARM_UP]
    return Calibration(
        machine=describe_machine(),
        ceiling=float(median(windows)),
        cpu=mean(samples),
        path=path,
        found=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def play(host: str, workload: Workload) -> list[Report]:
    """Play `workload` against `host` and return all that the generator reports."""
    # Only its people and what they tell are asked for.
    crew = LocalCrew(host, [cast(Scenario, Calls())])
    reports = []
    try:
        crew.begin(workload)
        while not crew.is_over():
            time.sleep(0.2)
            reports += crew.collect()
    finally:
        crew.close()
    return reports


def plan(seconds: float) -> Workload:
    phases = (
        PhasePlan(name="warm-up", seconds=WARM_UP, rate=RATE, measured=False),
        PhasePlan(name="calibration", seconds=seconds, rate=RATE),
    )
    return Workload(
        people=PEOPLE, items=1, skew=1, seed=1, arrivals="constant", objectives="none", phases=phases
    )


def describe_machine() -> dict[str, str | int | float]:
    """Return the part of the fingerprint that the ceiling depends on."""
    fingerprint = take_fingerprint(plan(SECONDS), 1, {})
    return {name: fingerprint[name] for name in MACHINE}


def describe_calibration(found: Calibration) -> str:
    usable = CEILING_SHARE * found.ceiling
    told = (
        f"One generator gives {found.ceiling:,.0f} requests/s with {found.cpu:.0%} of a core; "
        f"runs use up to {usable:,.0f} of them."
    )
    if found.cpu < BUSY:
        told += f" It may give more: {found.path} held it up, or somebody else on this machine."
    return told
