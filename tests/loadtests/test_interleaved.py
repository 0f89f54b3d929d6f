"""Two targets that take turns: in which order, how often, and when it ends early."""

from random import Random

import pytest

from loadtests.compare import compare_runs
from loadtests.errors import WorkloadError
from loadtests.interleaved import TRIES, Turns, divide_workload, join_runs, take_turns
from loadtests.objectives import Objective, Objectives
from loadtests.result import Account, Outcome, Result
from loadtests.workload import PhasePlan, Workload
from tests.loadtests.simulated_runs import Plan, simulate

# ruff: noqa: S311 - random numbers that are repeatable on purpose

WORKLOAD = Workload(
    people=10,
    items=10,
    skew=1.1,
    seed=1,
    objectives="any",
    phases=(
        PhasePlan(name="warm-up", seconds=8, rate=10, measured=False),
        PhasePlan(name="steady", seconds=60, rate=200),
    ),
)
OBJECTIVES = Objectives(every=Objective(error_ratio=0))


class SimulatedTarget:
    """Answers as a simulated run; what `spoils` has for the number of a load happens to its result."""

    def __init__(self, name: str, log: list[str], slower: float = 1.0) -> None:
        self.name, self.log, self.plan = name, log, Plan(seconds=6, slower=slower)
        self.random = Random(name)
        self.spoils: dict[int, str] = {}
        self.loads = 0

    def measure(self, workload: Workload, name: str) -> Result:
        self.loads += 1
        self.log.append(self.name)
        result = simulate(self.random, self.plan)
        result.accounts = [Account(summary="things")]
        match self.spoils.get(self.loads):
            case "lost":
                result.problems.append("a generator was lost")
            case "wrong":
                result.accounts[0].faults.append("3 answered, 2 counted")
            case "interrupted":
                result.interrupted = True
        return result


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def targets(log: list[str]) -> tuple[SimulatedTarget, SimulatedTarget]:
    return SimulatedTarget("A", log), SimulatedTarget("B", log)


def play(targets: tuple[SimulatedTarget, SimulatedTarget], segments: int = 4) -> Turns:
    return take_turns(targets, WORKLOAD, "any", OBJECTIVES, segments, lambda line: None)


def test_turns_alternate_so_that_neither_side_always_comes_first(
    targets: tuple[SimulatedTarget, SimulatedTarget], log: list[str]
) -> None:
    turns = play(targets)
    assert "".join(log) == "ABBAABBA"
    assert (len(turns.base), len(turns.new), turns.unsound) == (4, 4, None)
    assert {run.outcome for run in (*turns.base, *turns.new)} == {Outcome.PASS}


def test_a_turn_that_could_not_be_measured_is_taken_again(
    targets: tuple[SimulatedTarget, SimulatedTarget], log: list[str]
) -> None:
    targets[1].spoils = {1: "lost"}
    turns = play(targets, 2)
    assert "".join(log) == "ABBBA"
    assert turns.unsound is None


def test_a_host_that_is_never_fit_ends_it(
    targets: tuple[SimulatedTarget, SimulatedTarget], log: list[str]
) -> None:
    targets[1].spoils = dict.fromkeys(range(1, 9), "lost")
    turns = play(targets)
    assert "".join(log) == "A" + TRIES * "B"
    assert turns.unsound is turns.new[0]
    assert turns.unsound.outcome is Outcome.INVALID


@pytest.mark.parametrize(("spoil", "outcome"), [("wrong", Outcome.FAIL), ("interrupted", Outcome.INVALID)])
def test_wrong_accounts_and_an_interruption_end_it_at_once(
    targets: tuple[SimulatedTarget, SimulatedTarget], log: list[str], spoil: str, outcome: Outcome
) -> None:
    targets[0].spoils = {2: spoil}
    turns = play(targets)
    assert "".join(log) == "ABBA"
    assert turns.unsound is turns.base[1]
    assert turns.unsound.outcome is outcome


def test_a_slower_side_is_found(log: list[str]) -> None:
    turns = play((SimulatedTarget("A", log), SimulatedTarget("B", log, slower=1.5)), 6)
    comparison = compare_runs(turns.base, turns.new)
    assert comparison.outcome is Outcome.REGRESSION
    assert len(comparison.new.ids) == 6


def test_a_workload_is_divided_among_the_turns_with_its_warm_up() -> None:
    segment = divide_workload(WORKLOAD, 8)
    assert [phase.seconds for phase in segment.phases] == [1.5, 7.5]
    assert [phase.rate for phase in segment.phases] == [10, 200]
    with pytest.raises(WorkloadError, match="3 segments"):
        divide_workload(WORKLOAD, 3)


def test_joined_runs_have_every_request_in_the_order_of_the_turns(log: list[str]) -> None:
    target = SimulatedTarget("A", log)
    runs = [target.measure(WORKLOAD, "any") for _ in range(3)]
    joined = join_runs(runs)
    for number, run in enumerate(runs):
        # Each run has a warm-up and a measured phase.
        measured = joined.windows_of([2 * number + 1])
        assert joined.corrected(measured) == run.corrected(run.windows_of())
    starts = [window.start for window in joined.windows]
    assert starts == sorted(starts)
    assert [phase.start for phase in joined.phases] == [0, 2, 8, 10, 16, 18]
    assert len(joined.accounts) == 3
    assert len(runs[0].phases) == 2
