"""Reports of what was measured: a page for people, a summary for a pull request, cases for a CI system."""

from pathlib import Path

from loadtests.capacity import Capacity
from loadtests.comparison import Comparison
from loadtests.objectives import Objectives
from loadtests.report.capacity_page import render_capacity
from loadtests.report.junit import list_capacity, list_run
from loadtests.report.run_page import render_run
from loadtests.report.summary import summarise_capacity, summarise_run
from loadtests.result import Result


def write_reports(
    result: Result, objectives: Objectives, folder: Path, comparison: Comparison | None = None
) -> None:
    """Write the reports of a judged run into `folder`.

    The objectives are written beside them, so that the reports can be made again when `slo.toml` has changed.
    """
    write(folder / "objectives.json", objectives.model_dump_json(indent=1) + "\n")
    write(folder / "report.html", render_run(result, objectives, comparison))
    write(folder / "summary.md", summarise_run(result, objectives, comparison))
    write(folder / "junit.xml", list_run(result, comparison))


def write_capacity_reports(capacity: Capacity, folder: Path) -> None:
    """Write the reports of a search for the capacity into `folder`."""
    write(folder / "report.html", render_capacity(capacity))
    write(folder / "summary.md", summarise_capacity(capacity))
    write(folder / "junit.xml", list_capacity(capacity))


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
