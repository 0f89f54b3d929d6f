"""A search on a simulated target: what is kept of it, what it concludes, and how it ends."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from loadtests.capacity import Capacity, Ending, Trial, read_capacity
from loadtests.conclusion import find_bounds, find_range, note_canary
from loadtests.errors import ResultError
from loadtests.experiment import PAUSE, REST, START, Experiment, estimate_minutes
from loadtests.objectives import Objective, Objectives
from loadtests.result import Outcome, Result, read_result
from loadtests.terminal import Terminal
from loadtests.trial import judge_trial, plan_trial
from tests.loadtests.simulated_session import WORKLOAD, SimulatedSession, make_fitness

OBJECTIVES = Objectives(every=Objective(p95=250, p99=1000, error_ratio=0))


def begin(ceiling: float = 6000) -> Capacity:
    return Capacity(
        id="1",
        started="2026-11-21T12:00:00Z",
        host="http://127.0.0.1",
        version="1",
        workload="baseline",
        mix="page",
        objectives_name="service",
        objectives=OBJECTIVES,
        ceiling=ceiling,
        precision=0.05,
    )


Carry = Callable[..., Capacity]


@pytest.fixture
def told() -> StringIO:
    return StringIO()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def carry_out(tmp_path: Path, told: StringIO, slept: list[float]) -> Carry:
    """Searches with a session and returns what was kept in the file."""

    def carry(session: Any, **settings: float) -> Capacity:
        capacity = begin(**settings)
        Experiment(session, WORKLOAD, 5, capacity, tmp_path, Terminal(told), slept.append).run()
        return read_capacity(tmp_path)

    return carry


def unfit(result: Result) -> None:
    result.fitness = [make_fitness(result.phases[-1].start, lag=1.0)]


def test_the_capacity_is_found_and_every_trial_is_kept(
    carry_out: Carry, tmp_path: Path, told: StringIO
) -> None:
    capacity = carry_out(SimulatedSession(700))
    assert capacity.ending is Ending.FOUND
    assert capacity.value == pytest.approx(700, rel=0.05)
    assert capacity.low == capacity.value
    assert 700 < (capacity.high or 0) < 1.05 * 700
    assert "confirmed by 3 trials" in capacity.conclusion
    for trial in capacity.trials:
        assert read_result(tmp_path / trial.result).outcome is trial.outcome
    lines = told.getvalue().splitlines()
    assert len(lines) == len(capacity.trials)
    failed = next(line for line in lines if "FAIL" in line)
    assert "doubling" in failed
    assert "answered of those that were due" in failed


def test_only_the_hold_compares_accounts_and_it_is_longer(carry_out: Carry) -> None:
    carry_out(session := SimulatedSession(700))
    (_, hold, accounts), others = session.loads[-1], session.loads[:-1]
    assert accounts
    assert not any(compared for _, _, compared in others)
    assert hold.phases[-1].seconds == 20


def test_no_two_trials_have_the_same_arrivals(carry_out: Carry) -> None:
    carry_out(session := SimulatedSession(700))
    seeds = [workload.seed for name, workload, _ in session.loads if name != "rest"]
    assert len(set(seeds)) == len(seeds)


def test_no_trial_asks_for_more_than_60_percent_of_the_ceiling(carry_out: Carry) -> None:
    capacity = carry_out(session := SimulatedSession(10_000), ceiling=1000)
    assert (capacity.ending, capacity.value) == (Ending.AT_LEAST, 600)
    assert max(workload.peak_rate for _, workload, _ in session.loads) == 600
    assert "At least 600/s" in capacity.conclusion


def test_arrivals_of_several_requests_use_up_the_ceiling_sooner(carry_out: Carry) -> None:
    capacity = carry_out(SimulatedSession(10_000, requests=2), ceiling=1000)
    assert (capacity.ending, capacity.value) == (Ending.AT_LEAST, 300)
    assert capacity.trials[-1].achieved == pytest.approx(270)


def test_no_trial_asks_for_more_than_the_generator_was_seen_to_give(carry_out: Carry) -> None:
    def tire(_: int, result: Result) -> None:
        # A request costs it half a millisecond, whatever a calibration may have found.
        phase = result.phases[-1]
        result.fitness = [make_fitness(phase.start, cpu=phase.rate * 0.0005)]

    capacity = carry_out(SimulatedSession(1e6, alter=tire), ceiling=6000)
    assert capacity.ending is Ending.AT_LEAST
    assert 800 < max(trial.rate for trial in capacity.trials) <= 0.6 / 0.0005


def test_a_target_that_keeps_no_rate_has_no_capacity(carry_out: Carry) -> None:
    capacity = carry_out(SimulatedSession(20))
    assert (capacity.ending, capacity.value, capacity.high) == (Ending.NONE, None, START)
    assert "Not even 50/s" in capacity.conclusion


def test_after_a_trial_that_did_not_pass_the_target_rests_until_it_is_restored(carry_out: Carry) -> None:
    def stay_slow(number: int, result: Result) -> None:
        if result.id == "rest":
            rests.append(number)
            result.windows[-1].in_flight = 90 if len(rests) == 2 else 5

    rests: list[int] = []
    session = SimulatedSession(700, alter=stay_slow)
    capacity = carry_out(session)
    assert session.loads[rests[1]][1].seconds == REST
    assert rests[2] == rests[1] + 1
    failed = sum(trial.outcome is Outcome.FAIL for trial in capacity.trials)
    assert len(rests) == 1 + failed + 1


def test_trials_that_cannot_be_measured_end_unresolved_with_growing_pauses(
    carry_out: Carry, slept: list[float]
) -> None:
    def spoil(_: int, result: Result) -> None:
        if result.phases[-1].rate > 100:
            unfit(result)

    capacity = carry_out(SimulatedSession(700, alter=spoil))
    assert (capacity.ending, capacity.value, capacity.low, capacity.high) == (
        Ending.UNRESOLVED, None, 100, None,
    )  # fmt: skip
    assert "4 trials in a row at 200 a second" in capacity.conclusion
    assert slept[-4:] == [PAUSE, 2 * PAUSE, 3 * PAUSE, 4 * PAUSE]
    assert "lateness of its clock" in capacity.trials[-1].reasons[0]


def test_an_interrupted_search_leaves_what_it_knows(carry_out: Carry) -> None:
    def interrupt(_: int, result: Result) -> None:
        result.interrupted = result.id == "trial-04"

    capacity = carry_out(SimulatedSession(700, alter=interrupt))
    assert (capacity.ending, capacity.value, capacity.low) == (Ending.INTERRUPTED, None, 200)
    assert [trial.outcome.value for trial in capacity.trials] == ["PASS"] * 3 + ["INVALID"]
    assert capacity.conclusion.startswith("Interrupted after 4 trials. Until then 200/s passed")


def test_a_search_that_is_killed_leaves_a_readable_document(tmp_path: Path) -> None:
    def die(number: int, _: Result) -> None:
        if number == 4:
            kept.append(read_capacity(tmp_path))

    kept: list[Capacity] = []
    session = SimulatedSession(700, alter=die)
    Experiment(session, WORKLOAD, 5, begin(), tmp_path, Terminal(StringIO()), lambda _: None).run()
    assert kept[0].ending is None
    assert [trial.rate for trial in kept[0].trials] == [50, 100, 200]


def test_a_host_that_drifted_gives_a_range_instead_of_a_number(carry_out: Carry) -> None:
    def tire(number: int, result: Result) -> None:
        result.canary = [0.010 if number < 12 else 0.012]
        session.capacity = 700 if number < 12 else 600

    session = SimulatedSession(700, alter=tire)
    capacity = carry_out(session)
    assert (capacity.ending, capacity.value) == (Ending.RANGE, None)
    assert capacity.drift == pytest.approx(0.2)
    assert capacity.low == pytest.approx(600, rel=0.05)
    assert capacity.high == pytest.approx(710, rel=0.05)
    assert "20%" in capacity.conclusion


def test_one_disturbed_moment_of_the_host_is_no_drift() -> None:
    capacity = begin()
    note_canary(capacity, [0.010] * 20 + [0.030] + [0.010] * 20)
    assert capacity.drift == pytest.approx(0)


def make_trial(rate: float, outcome: Outcome) -> Trial:
    return Trial(
        number=1,
        phase="bisection",
        rate=rate,
        achieved=rate,
        outcome=outcome,
        in_flight=1,
        seconds=5,
        started="",
        result="",
    )


def test_the_bounds_believe_two_failures_and_the_range_one() -> None:
    told = [
        (100, "PASS"),
        (200, "FAIL"),
        (200, "PASS"),
        (400, "PASS"),
        (600, "FAIL"),
        (800, "FAIL"),
        (800, "FAIL"),
    ]
    trials = [make_trial(rate, Outcome(outcome)) for rate, outcome in told]
    assert find_bounds(trials) == (400, 800)
    assert find_range(trials) == (100, 600)


def measure(capacity: float, rate: float) -> Result:
    return SimulatedSession(capacity).measure(plan_trial(WORKLOAD, rate, 5, 1), "trial")


def judge_by(objectives: Objectives, result: Result) -> tuple[Outcome | None, list[str]]:
    """The outcome of a trial, and what it missed."""
    judge_trial(result, objectives)
    return result.outcome, [finding.what for finding in result.findings if not finding.held]


def test_a_trial_passes_only_when_what_was_due_is_also_answered() -> None:
    result = measure(700, 700)
    assert judge_by(OBJECTIVES, result) == (Outcome.PASS, [])
    # As many are missing from the beginning on, so nothing grows but the sum.
    result.windows[-5].answered -= 100
    outcome, missed = judge_by(OBJECTIVES, result)
    assert (outcome, missed) == (Outcome.FAIL, ["answered of those that were due"])


def test_a_trial_in_which_the_backlog_grows_fails_though_times_still_keep_the_objectives() -> None:
    result = measure(700, 700)
    for window in result.windows[-4:]:
        window.answered -= 13
    assert judge_by(OBJECTIVES, result) == (Outcome.FAIL, ["growth of the backlog"])


def test_how_punctual_a_generator_must_be_depends_on_what_is_measured() -> None:
    strict = OBJECTIVES.model_copy(update={"kinds": {"redirect": Objective(p95=50)}})
    result = measure(700, 100)
    result.fitness = [make_fitness(2.0, lag=0.03)]
    assert judge_by(strict, result)[0] is Outcome.PASS
    for cell in result.cells:
        cell.kind = "redirect"
    assert judge_by(strict, result)[0] is Outcome.INVALID


def test_a_late_generator_hides_no_overload_that_is_larger_than_its_lateness_explains() -> None:
    for lag, outcome in ((0.060, Outcome.FAIL), (0.600, Outcome.INVALID)):
        result = measure(700, 1000)
        result.fitness = [make_fitness(2.0, lag=lag)]
        assert judge_by(OBJECTIVES, result)[0] is outcome


def test_nothing_else_that_makes_a_trial_invalid_lets_it_fail() -> None:
    result = measure(700, 1000)
    result.problems.append("a worker was lost")
    assert judge_by(OBJECTIVES, result)[0] is Outcome.INVALID


def test_a_late_generator_makes_a_trial_that_kept_the_objectives_invalid() -> None:
    result = measure(700, 100)
    result.fitness = [make_fitness(2.0, lag=0.060)]
    assert judge_by(OBJECTIVES, result)[0] is Outcome.INVALID


def test_a_capacity_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="cannot be read"):
        read_capacity(tmp_path)
    (tmp_path / "capacity.json").write_text("{}")
    with pytest.raises(ResultError, match="is not a capacity"):
        read_capacity(tmp_path)


def test_the_time_that_a_search_takes_is_said_beforehand() -> None:
    usual, most = estimate_minutes(5)
    assert 3 <= usual <= 5 < most
