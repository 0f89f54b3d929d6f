"""The findings as a CI system reads them."""

from datetime import datetime
from xml.etree import ElementTree

import pytest

from loadtests.capacity import Ending
from loadtests.report.junit import list_capacity, list_run
from loadtests.result import Result
from tests.loadtests.samples import (
    make_capacity,
    make_comparison,
    make_empty,
    make_hostile,
    make_run,
)


def parse(document: str) -> ElementTree.Element:
    """Return the one suite of a document, whose shape is as Jenkins and GitLab read it."""
    suites = ElementTree.fromstring(document)  # noqa: S314 - written a moment ago
    assert suites.tag == "testsuites"
    (suite,) = suites
    assert suite.tag == "testsuite"
    cases = list(suite)
    assert int(suite.attrib["tests"]) == len(cases)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped"))
    assert float(suite.attrib["time"]) >= 0
    datetime.strptime(suite.attrib["timestamp"], "%Y-%m-%dT%H:%M:%S")
    for case in cases:
        assert case.tag == "testcase"
        assert case.attrib["classname"]
        assert case.attrib["name"]
        assert len(case) <= 1
        assert all(child.attrib["message"] for child in case)
    return suite


@pytest.mark.parametrize("result", [make_run(), make_run(slower=10), make_empty()])
def test_each_finding_is_a_case_and_each_missed_one_a_failure(result: Result) -> None:
    suite = parse(list_run(result))
    missed = sum(not finding.held for finding in result.findings)
    assert len(suite) == len(result.findings)
    assert len(suite.findall("testcase/failure")) == missed


def test_a_failure_says_what_was_found_and_what_was_asked_for() -> None:
    suite = parse(list_run(make_run(slower=10)))
    told = [failure.attrib["message"] for failure in suite.findall("testcase/failure")]
    assert any(line.startswith("redirect in “steady”: p95 ") and "at most 50 ms" in line for line in told)


def test_what_xml_cannot_hold_is_replaced() -> None:
    suite = parse(list_run(make_hostile('<a b="c">]]>\x00\x1b[31m\ufffe&')))
    assert "]]>\N{REPLACEMENT CHARACTER}" in suite.attrib["name"]


def test_a_run_that_was_never_judged_is_not_green() -> None:
    result = make_run()
    result.outcome, result.findings = None, []
    assert len(parse(list_run(result)).findall("testcase/failure")) == 1


def test_each_figure_that_was_compared_is_a_case() -> None:
    comparison = make_comparison()
    suite = parse(list_run(make_run(), comparison))
    cases = [case for case in suite if case.attrib["classname"].startswith("comparison.")]
    assert len(cases) == 3 * (1 + len(comparison.kinds))
    failed = [(case.attrib["classname"], case.attrib["name"]) for case in cases if len(case)]
    assert failed == [("comparison.redirect", "p95")]


@pytest.mark.parametrize(
    ("ending", "failures"), [(Ending.FOUND, 0), (Ending.AT_LEAST, 0), (Ending.RANGE, 1), (Ending.NONE, 1)]
)
def test_a_search_fails_when_it_did_not_come_to_a_number(ending: Ending, failures: int) -> None:
    capacity = make_capacity(ending)
    suite = parse(list_capacity(capacity))
    assert len(suite) == 1 + len(capacity.trials)
    assert len(suite.findall("testcase/failure")) == failures
    assert len(suite.findall("testcase/skipped")) == sum(trial.outcome != "PASS" for trial in capacity.trials)
