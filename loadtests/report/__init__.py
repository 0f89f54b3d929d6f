"""Reports of what was measured: a page for people, a summary for a pull request, cases for a CI system."""

from pathlib import Path

from loadtests.comparison import Comparison
from loadtests.objectives import Objectives
from loadtests.report.run_page import render_run
from loadtests.result import Result


def write_reports(
    result: Result, objectives: Objectives, folder: Path, comparison: Comparison | None = None
) -> None:
    """Write report.html of a run into `folder`."""
    page = render_run(result, objectives, comparison)
    (folder / "report.html").write_text(page, encoding="utf-8")
