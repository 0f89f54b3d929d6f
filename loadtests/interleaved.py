"""Two targets that take turns under the same load: A B B A A B B A …

What the host does meanwhile, it does to both, and how much it does shows in the spread between the turns of
one side. So this finds smaller changes than two runs one after the other, and raises fewer false alarms.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from loadtests.blocks import RUNS_MIN
from loadtests.comparable import list_faults
from loadtests.errors import WorkloadError
from loadtests.objectives import Objectives
from loadtests.result import Outcome, Result
from loadtests.verdict import judge
from loadtests.workload import Workload

SEGMENTS = 8
"""Turns of each side: with fewer, hardly anything is known of how far they spread."""
MEASURED_MIN, WARM_UP_MIN = 3.0, 1.5
"""The shortest phases of a turn, in seconds."""
TRIES = 3
"""How often a turn is taken at most, until the generator and the host were fit for it."""
SIDES = ("base", "new")


class Target(Protocol):
    """What is loaded: a session, for example."""

    def measure(self, workload: Workload, name: str) -> Result:
        """Load it once; return what was found, not judged yet."""


@dataclass
class Turns:
    """The judged results of both sides; `unsound` is the one that ended it all early."""

    base: list[Result] = field(default_factory=list)
    new: list[Result] = field(default_factory=list)
    unsound: Result | None = None


def divide_workload(workload: Workload, segments: int) -> Workload:
    """Return what one turn of so many plays of `workload`: all its phases, each that much shorter.

    Raises WorkloadError when there are too few turns for their spread to say anything.
    """
    if segments < RUNS_MIN:
        raise WorkloadError(f"{segments} segments are too few: give {RUNS_MIN} or more, better {SEGMENTS}.")
    phases = tuple(
        phase.model_copy(
            update={"seconds": max(MEASURED_MIN if phase.measured else WARM_UP_MIN, phase.seconds / segments)}
        )
        for phase in workload.phases
    )
    return workload.model_copy(update={"phases": phases})


def take_turns(
    targets: tuple[Target, Target],
    workload: Workload,
    name: str,
    objectives: Objectives,
    segments: int,
    say: Callable[[str], None],
) -> Turns:
    """Measure both targets, base and new, in so many turns each of `workload`, which is called `name`.

    It ends with the first result that nothing can be compared with: answers that were wrong, accounts that
    differ, an interruption, or a host that was not fit for `TRIES` times.
    """
    turns = Turns()
    for number in range(segments):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            say(f"{SIDES[side]}, turn {number + 1} of {segments}")
            result = take_turn(targets[side], workload, name, objectives, say)
            (turns.base, turns.new)[side].append(result)
            if any(list_faults(SIDES[side], [result])):
                turns.unsound = result
                return turns
    return turns


def take_turn(
    target: Target, workload: Workload, name: str, objectives: Objectives, say: Callable[[str], None]
) -> Result:
    """Return a judged result, the first that is not INVALID or the last of `TRIES`."""
    for number in range(TRIES):
        result = target.measure(workload, name)
        judge(result, objectives)
        if result.interrupted or result.outcome is not Outcome.INVALID:
            break
        if number + 1 < TRIES:
            reasons = "; ".join(f"{f.about}, {f.what}: {f.found}" for f in result.findings if not f.held)
            say(f"Once more, because it could not be measured: {reasons}")
    return result


def join_runs(runs: list[Result]) -> Result:
    """Return the runs of one side as one after the other, for a report of them all."""
    joined = runs[0].model_copy(deep=True)
    for run in runs[1:]:
        later = sum(phase.seconds for phase in joined.phases)
        phases, windows = len(joined.phases), len(joined.windows)
        joined.phases += [p.model_copy(update={"start": p.start + later}) for p in run.phases]
        joined.windows += [
            w.model_copy(update={"start": w.start + later, "phase": w.phase + phases}) for w in run.windows
        ]
        joined.cells += [c.model_copy(update={"window": c.window + windows}) for c in run.cells]
        joined.fitness += [f.model_copy(update={"time": f.time + later}) for f in run.fitness]
        joined.observations += [o.model_copy(update={"time": o.time + later}) for o in run.observations]
        joined.canary += run.canary
        joined.accounts += run.accounts
        joined.wrong += run.wrong
        joined.findings += run.findings
        if run.outcome is Outcome.FAIL:
            joined.outcome = Outcome.FAIL
    return joined
