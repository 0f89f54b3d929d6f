"""What may be compared, what counts as a change, and what cannot be told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loadtests.comparable import IncomparableError
from loadtests.compare import compare
from loadtests.comparison import (
    Change,
    Comparison,
    KindChanges,
    Measure,
    Verdict,
    read_comparison,
    write_comparison,
)
from loadtests.comparison_table import format_comparison
from loadtests.errors import ResultError
from loadtests.histogram import Histogram
from loadtests.result import Cell, Finding, Outcome, Result
from tests.loadtests.simulated_runs import Plan, make_result

PLAN = Plan(seconds=24)


def make_run(
    name: str = "one", *, factor: float = 1.0, requests: int = 100, kind: str = "page", wrong: int = 0
) -> Result:
    """A run of perfectly even windows: times from 10 to 20 ms, multiplied by `factor`."""
    run = make_result(name, PLAN)
    times = Histogram.of(factor * (0.010 + 0.010 * n / requests) for n in range(requests))
    run.cells = [
        Cell(window=number, kind=kind, wrong=wrong, corrected=times, raw=times)
        for number in range(len(run.windows))
    ]
    return run


def change_of(comparison: Comparison, measure: Measure, kind: str | None = None) -> Change:
    groups = [each for each in comparison.kinds if each.kind == kind] or [comparison.total]
    return next(change for change in groups[0].changes if change.measure is measure)


def finding(topic: str, what: str) -> Finding:
    told = {"about": "page", "what": what, "limit": "none", "found": "3", "held": False}
    return Finding.model_validate({"topic": topic, **told})


def test_equal_runs_pass_and_nothing_is_remarked() -> None:
    comparison = compare(make_run(), make_run("two"))
    assert comparison.outcome is Outcome.PASS
    assert comparison.remarks == []
    assert {change.verdict for change in comparison.total.changes} == {Verdict.UNCHANGED}


def test_a_change_is_told_with_both_figures_and_its_limit() -> None:
    comparison = compare(make_run(), make_run("two", factor=1.5))
    assert comparison.outcome is Outcome.REGRESSION
    change = change_of(comparison, Measure.P50)
    assert change.base == pytest.approx(0.015, rel=0.01)
    assert change.new == pytest.approx(0.0225, rel=0.01)
    assert change.limit is not None
    assert change.limit >= 0.12 * 0.015 * 0.99
    assert comparison.remarks[0] == "all requests, p50: regression, 14.9 ms → 22.4 ms (+50%)"


def test_the_warm_up_is_not_compared() -> None:
    new = make_run("two")
    for cell in new.cells[:2]:
        cell.corrected = Histogram.of([5.0] * 100)
    assert compare(make_run(), new).outcome is Outcome.PASS


def test_a_large_share_of_a_tiny_time_is_no_regression() -> None:
    comparison = compare(make_run(factor=0.02), make_run("two", factor=0.04))
    assert comparison.outcome is Outcome.PASS


def test_fewer_answers_are_a_regression() -> None:
    comparison = compare(make_run(), make_run("two", requests=70))
    assert comparison.outcome is Outcome.REGRESSION
    assert change_of(comparison, Measure.ANSWERED).verdict is Verdict.REGRESSION


def test_more_wrong_answers_than_before_are_a_regression_even_where_some_are_allowed() -> None:
    comparison = compare(make_run(), make_run("two", wrong=2))
    assert change_of(comparison, Measure.ERRORS).verdict is Verdict.REGRESSION


def test_a_regression_of_one_kind_is_not_hidden_by_the_others() -> None:
    base, new = make_run(), make_run("two")
    for run, factor in ((base, 1.0), (new, 2.0)):
        run.cells += make_run(kind="rare", requests=10, factor=factor).cells
    comparison = compare(base, new)
    assert comparison.outcome is Outcome.REGRESSION
    assert change_of(comparison, Measure.P50).verdict is Verdict.UNCHANGED
    assert change_of(comparison, Measure.P50, "rare").verdict is Verdict.REGRESSION


def test_a_kind_with_too_few_requests_is_listed_and_never_passes() -> None:
    base, new = make_run(), make_run("two")
    for run in (base, new):
        run.cells += [cell for cell in make_run(kind="rare", requests=1).cells if cell.window % 10 == 0]
    comparison = compare(base, new)
    assert comparison.outcome is Outcome.INVALID
    assert comparison.remarks == ["rare, p50, p95, p99, answered: too few to tell (2 requests)"]


def test_a_kind_that_no_longer_comes_is_a_regression() -> None:
    base, new = make_run(), make_run("two")
    base.cells += make_run(kind="gone", requests=10).cells
    comparison = compare(base, new)
    assert comparison.outcome is Outcome.REGRESSION
    assert change_of(comparison, Measure.ANSWERED, "gone").verdict is Verdict.REGRESSION
    assert change_of(comparison, Measure.P50, "gone").verdict is Verdict.TOO_FEW


def test_a_run_that_was_different_from_moment_to_moment_is_too_noisy_to_tell() -> None:
    base, new = make_run(), make_run("two")
    for run in (base, new):
        slow = make_run(factor=8.0).cells
        run.cells = [slow[cell.window] if cell.window // 4 % 2 else cell for cell in run.cells]
    comparison = compare(base, new)
    assert comparison.outcome is Outcome.INVALID
    assert change_of(comparison, Measure.P50).verdict is Verdict.TOO_NOISY


def test_a_run_of_a_few_windows_says_nothing() -> None:
    base, new = make_run(), make_run("two", factor=3.0)
    for run in (base, new):
        run.windows = run.windows[:4]
        run.cells = [cell for cell in run.cells if cell.window < 4]
    assert compare(base, new).outcome is Outcome.INVALID


def test_every_difference_of_the_fingerprints_is_named() -> None:
    base, new = make_run(), make_run("two")
    new.fingerprint |= {"cores": 4, "database": "11.8"}
    del new.fingerprint["processor"]
    with pytest.raises(IncomparableError) as raised:
        compare(base, new)
    assert raised.value.reasons == [
        "cores: 2 and 4",
        "database: not told and 11.8",
        "processor: simulated and not told",
    ]
    assert all(reason in str(raised.value) for reason in raised.value.reasons)


def interrupt(run: Result) -> None:
    run.interrupted = True
    run.outcome = Outcome.INVALID


def invalidate(run: Result) -> None:
    run.findings.append(finding("validity", "drift"))
    run.outcome = Outcome.INVALID


def answer_wrongly(run: Result) -> None:
    run.findings.append(finding("correctness", "wrong answers"))
    run.outcome = Outcome.FAIL


def leave_unjudged(run: Result) -> None:
    run.outcome = None


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (interrupt, "new (two) was interrupted"),
        (invalidate, "new (two) is INVALID: page, drift: 3, allowed none"),
        (answer_wrongly, "new (two) has wrong answers: page, wrong answers: 3, allowed none"),
        (leave_unjudged, "new (two) was never judged"),
    ],
)
def test_a_run_that_measured_nothing_sound_is_refused(spoil: Callable[[Result], None], reason: str) -> None:
    new = make_run("two")
    spoil(new)
    with pytest.raises(IncomparableError) as raised:
        compare(make_run(), new)
    assert raised.value.reasons == [reason]


def test_a_run_that_was_only_too_slow_can_be_compared() -> None:
    new = make_run("two", factor=2.0)
    new.findings.append(finding("objective", "p95"))
    new.outcome = Outcome.FAIL
    assert compare(make_run(), new).outcome is Outcome.REGRESSION


def test_a_comparison_is_the_same_when_read_again(tmp_path: Path) -> None:
    comparison = compare(make_run(), make_run("two", factor=1.5))
    write_comparison(comparison, tmp_path / "comparison.json")
    assert read_comparison(tmp_path / "comparison.json") == comparison


@pytest.mark.parametrize("text", [None, "{}", "no"])
def test_what_is_no_comparison_is_an_error(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "comparison.json").write_text(text)
    with pytest.raises(ResultError, match=r"comparison\.json"):
        read_comparison(tmp_path / "comparison.json")


def test_a_comparison_of_another_schema_is_an_error(tmp_path: Path) -> None:
    document = compare(make_run(), make_run("two")).model_dump(mode="json") | {"schema_version": 99}
    (tmp_path / "comparison.json").write_text(json.dumps(document))
    with pytest.raises(ResultError, match="schema 99"):
        read_comparison(tmp_path / "comparison.json")


def test_the_table_shows_figures_limits_and_verdicts_in_columns() -> None:
    lines = list(format_comparison(compare(make_run(), make_run("two", factor=1.5))))
    assert lines[3].split() == ["base", "new", "change", "counts", "from", "verdict"]
    assert lines[5].split()[:6] == ["p50", "14.9", "ms", "22.4", "ms", "+50.4%"]
    assert lines[5].endswith("regression")
    assert lines[-1] == "REGRESSION"
    columns = {line.rfind("%") for line in lines[5:10] if "%" in line}
    assert len(columns) == 1


def test_the_table_has_no_figure_where_there_is_none() -> None:
    base, new = make_run(), make_run("two")
    base.cells += make_run(kind="gone", requests=10).cells
    told = [line.split() for line in format_comparison(compare(base, new)) if "  p50" in line]
    assert told[-1][3:] == ["-", "-", "-", "too", "few"]


def test_kinds_come_with_the_most_frequent_first() -> None:
    base, new = make_run(requests=10, kind="a"), make_run("two", requests=10, kind="a")
    for run in (base, new):
        run.cells += make_run(kind="b").cells
    kinds: list[KindChanges] = compare(base, new).kinds
    assert [each.kind for each in kinds] == ["b", "a"]
