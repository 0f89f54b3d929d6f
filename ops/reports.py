"""What pytest's JUnit reports say."""

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element


@dataclass(frozen=True)
class Counts:
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def read_counts(report: Path) -> Counts:
    """Given a report, return its counts; an error, as in a fixture, is a failure.

    A missing report counts as one failure: pytest did not even begin.
    """
    total = Counts()
    for suite in suites(report):
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Counts(max(0, tests - failed - skipped), failed, skipped)
    return total if total != Counts() else Counts(failed=1)


def read_refusal(report: Path) -> str:
    """Given a report in which every test was skipped, return why; otherwise nothing."""
    counts = read_counts(report)
    if counts.passed or counts.failed:
        return ""
    return next(skip.get("message", "") for suite in suites(report) for skip in suite.iter("skipped"))


def suites(report: Path) -> list[Element]:
    try:
        # pytest wrote the report a moment ago.
        return list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314
    except (FileNotFoundError, ElementTree.ParseError):
        return []
