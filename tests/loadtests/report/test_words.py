"""The verdict in plain words."""

from loadtests.report.words import ADVICE, MEANINGS, phrase, read_run, read_search
from loadtests.result import Finding, Outcome
from tests.loadtests.samples import make_capacity, make_comparison, make_empty, make_run


def test_whatever_can_make_a_run_invalid_comes_with_advice() -> None:
    result = make_run()
    interrupted = make_empty()
    judged = {f.what for f in [*result.findings, *interrupted.findings] if f.topic == "validity"}
    assert judged == set(ADVICE)


def test_every_outcome_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Outcome)


def test_an_invalid_run_says_that_it_says_nothing_and_what_to_do() -> None:
    reading = read_run(make_empty())
    assert reading.partial
    result = make_run()
    result.outcome = Outcome.INVALID
    result.findings[-1].held = True
    next(f for f in result.findings if f.what.startswith("time stolen")).held = False
    reading = read_run(result)
    assert "says nothing about the target" in reading.meaning
    assert reading.advice == ["Other machines use this processor: measure on a quieter host."]


def test_limits_are_spelt_and_a_kind_is_named_once() -> None:
    findings = [
        Finding(
            topic="objective",
            about="page",
            what=what,
            limit="≤ 5 ms",
            found="9 ms",
            held=False,
            phase="steady",
        )
        for what in ("p95", "p99")
    ]
    assert phrase(findings) == [
        "page in “steady”: p95 9 ms (asked for: at most 5 ms), p99 9 ms (asked for: at most 5 ms)"
    ]


def test_a_regression_is_the_verdict_only_of_a_run_that_passed() -> None:
    passed, failed = make_run(), make_run(slower=10)
    assert read_run(passed, make_comparison()).headline == "REGRESSION"
    assert read_run(passed, make_comparison(worse=False)).headline == "PASS"
    reading = read_run(failed, make_comparison())
    assert reading.headline == "FAIL"
    assert reading.reasons[-1].startswith("redirect: p95 +33% since v1.2.0")


def test_a_search_that_did_not_end_says_so() -> None:
    capacity = make_capacity()
    capacity.ending, capacity.conclusion = None, ""
    reading = read_search(capacity)
    assert reading.partial
    assert "ended before there was anything to conclude" in reading.meaning
