"""The findings as test cases, which every CI system can show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from loadtests.capacity import Capacity
from loadtests.comparison import Comparison, Verdict
from loadtests.report.differences import list_differences
from loadtests.report.words import phrase, read_search
from loadtests.result import Outcome, Result

FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, even escaped."""


@dataclass(frozen=True)
class Case:
    """One case: failed when `fault` says something, skipped when `aside` says why it is neither."""

    group: str
    name: str
    fault: str = ""
    aside: str = ""
    seconds: float = 0.0


def list_run(result: Result, comparison: Comparison | None = None) -> str:
    """Return a case for each finding of a run, and for each figure that was compared."""
    cases = [
        Case(
            group=f"{finding.topic}.{finding.about}",
            name=" ".join(part for part in (finding.phase, finding.what) if part),
            fault="" if finding.held else phrase([finding])[0],
        )
        for finding in result.findings
    ]
    if result.outcome is None:
        cases.append(Case("run", "came to a verdict", "it ended before it could be judged"))
    if comparison:
        cases += list_compared(comparison)
    seconds = sum(phase.seconds for phase in result.phases)
    return write(result.workload, result.started, seconds, cases)


def list_compared(comparison: Comparison) -> Iterable[Case]:
    for row in list_differences(comparison):
        for cell in row.cells:
            worse = cell.verdict == Verdict.REGRESSION
            fault = f"{cell.change}, from {cell.base} to {cell.new}" if worse else ""
            yield Case(f"comparison.{row.kind}", cell.measure, fault)


def list_capacity(capacity: Capacity) -> str:
    """Return a case for the conclusion of a search, and one for each trial.

    That a trial missed an objective is what a search is for: it is no failure.
    """
    reading = read_search(capacity)
    cases = [Case("capacity", reading.headline, "" if reading.tone == "good" else reading.meaning)]
    for trial in capacity.trials:
        name = f"{trial.number} {trial.phase} at {trial.rate:g} a second"
        told = "" if trial.outcome is Outcome.PASS else "; ".join([trial.outcome.value, *trial.reasons])
        cases.append(Case("trial", name, aside=told, seconds=trial.seconds))
    return write(f"capacity of {capacity.workload}", capacity.started, capacity.seconds, cases)


def write(name: str, started: str, seconds: float, cases: list[Case]) -> str:
    """Return the document of one suite."""
    counts = {
        "name": clean(name),
        "tests": str(len(cases)),
        "failures": str(sum(bool(case.fault) for case in cases)),
        "errors": "0",
        "skipped": str(sum(bool(case.aside) for case in cases)),
        "time": f"{seconds:.3f}",
    }
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", counts | {"timestamp": started[:19]})
    for case in cases:
        names = {"classname": clean(case.group), "name": clean(case.name), "time": f"{case.seconds:.3f}"}
        element = ElementTree.SubElement(suite, "testcase", names)
        if case.fault:
            told = {"message": clean(case.fault), "type": "missed"}
            ElementTree.SubElement(element, "failure", told).text = told["message"]
        if case.aside:
            ElementTree.SubElement(element, "skipped", {"message": clean(case.aside)})
    ElementTree.indent(suites)
    text: bytes = ElementTree.tostring(suites, encoding="UTF-8", xml_declaration=True)
    return text.decode() + "\n"


def clean(text: str) -> str:
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
