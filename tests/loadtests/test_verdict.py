"""The verdict: right, measurable, good enough, in this order."""

import pytest

from loadtests.histogram import Histogram
from loadtests.objectives import Objective, Objectives
from loadtests.result import Account, Cell, Fitness, Outcome, Phase, Result, Window
from loadtests.verdict import judge

OBJECTIVES = Objectives(
    every=Objective(p95=100, p99=200, error_ratio=0), kinds={"slow": Objective(p95=900, p99=900)}
)


def make_result(seconds: float = 0.05, *, lag: float = 0.001, requests: int = 500) -> Result:
    """A run of a warm-up that was terrible and one measured phase in which each answer took `seconds`."""
    phases = [
        Phase(name="warm-up", start=0, seconds=1, from_rate=10, rate=10, measured=False),
        Phase(name="steady", start=1, seconds=1, from_rate=10, rate=500, measured=True),
    ]
    bad, good = Histogram.of([9.0] * 500), Histogram.of([seconds] * requests)
    return Result(
        id="1",
        started="2026-11-21T12:00:00Z",
        host="http://127.0.0.1",
        version="1",
        workload="smoke",
        fingerprint={},
        phases=phases,
        window_seconds=1,
        windows=[
            Window(phase=0, start=0, seconds=1, due=500, sent=1),
            Window(phase=1, start=1, seconds=1, due=requests, sent=requests),
        ],
        cells=[
            Cell(window=0, kind="page", corrected=bad, raw=bad),
            Cell(window=1, kind="page", corrected=good, raw=good),
        ],
        fitness=[make_fitness(0.5, lag=5.0), make_fitness(1.5, lag=lag)],
        canary=[0.010, 0.0105],
        ceiling=1000,
    )


def make_fitness(time: float, *, lag: float = 0.001, **shares: float) -> Fitness:
    usual = {"cpu": 0.3, "throttled": 0.0, "steal": 0.0, "ports": 0.1}
    return Fitness(generator="one", time=time, lag=Histogram.of([lag]), **(usual | shares))


def outcome_of(result: Result) -> Outcome | None:
    judge(result, OBJECTIVES)
    return result.outcome


def missed(result: Result) -> list[str]:
    return [finding.what for finding in result.findings if not finding.held]


def test_a_good_run_passes_however_its_warm_up_was() -> None:
    assert outcome_of(make_result()) is Outcome.PASS


def test_an_objective_that_was_missed_fails_the_run_and_is_named() -> None:
    result = make_result(0.15)
    assert outcome_of(result) is Outcome.FAIL
    assert missed(result) == ["p95"]
    finding = next(finding for finding in result.findings if not finding.held)
    assert (finding.about, finding.phase, finding.limit, finding.found[-3:]) == (
        "page", "steady", "≤ 100 ms", " ms",
    )  # fmt: skip


def test_arrivals_that_never_went_out_fail_the_run() -> None:
    result = make_result()
    result.windows[1].sent = 480
    assert outcome_of(result) is Outcome.FAIL
    assert missed(result) == ["sent of those that were due"]


@pytest.mark.parametrize(
    ("fitness", "what"),
    [
        ({"lag": 0.05}, "lateness of its clock (p99)"),
        ({"cpu": 0.7}, "share of a core that it used"),
        ({"throttled": 0.02}, "periods throttled by a CPU quota"),
        ({"steal": 0.04}, "time stolen by other machines"),
        ({"ports": 0.95}, "local ports in use"),
    ],
)
def test_an_unfit_generator_makes_a_run_invalid_even_when_it_missed_an_objective(
    fitness: dict[str, float], what: str
) -> None:
    result = make_result(0.15)
    result.fitness[1] = make_fitness(1.5, **fitness)
    assert outcome_of(result) is Outcome.INVALID
    assert what in missed(result)


def test_a_host_that_drifted_makes_a_run_invalid() -> None:
    result = make_result()
    result.canary.append(0.012)
    assert outcome_of(result) is Outcome.INVALID


def test_a_run_near_the_generators_ceiling_is_invalid() -> None:
    result = make_result()
    result.ceiling = 800
    assert outcome_of(result) is Outcome.INVALID


def test_a_lost_worker_or_an_interruption_makes_a_run_invalid() -> None:
    result = make_result()
    result.problems.append("the generator two was lost")
    assert outcome_of(result) is Outcome.INVALID
    result = make_result()
    result.interrupted = True
    assert outcome_of(result) is Outcome.INVALID


def test_a_wrong_answer_fails_the_run_even_when_nothing_could_be_measured() -> None:
    result = make_result(lag=0.5)
    result.cells[0].wrong = 1
    assert outcome_of(result) is Outcome.FAIL
    assert "wrong answers" in missed(result)


def test_accounts_that_differ_fail_the_run() -> None:
    result = make_result()
    result.accounts.append(Account(summary="things", faults=["3 answered, 2 counted"]))
    assert outcome_of(result) is Outcome.FAIL


def test_a_run_without_requests_fails() -> None:
    result = make_result()
    result.cells.clear()
    assert outcome_of(result) is Outcome.FAIL


def test_a_kind_with_an_objective_of_its_own_is_judged_by_that_alone() -> None:
    result = make_result(0.5)
    for cell in result.cells:
        cell.kind = "slow"
    assert outcome_of(result) is Outcome.PASS


def test_a_percentile_of_too_few_requests_is_told_and_not_judged() -> None:
    result = make_result(0.15, requests=19)
    assert outcome_of(result) is Outcome.PASS
    assert [f.found for f in result.findings if f.what == "p95"] == ["19 requests: too few"]
