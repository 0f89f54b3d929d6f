"""`python -m loadtests report FOLDER`."""

from argparse import ArgumentParser
from io import StringIO
from pathlib import Path

import pytest

from loadtests.capacity import write_capacity
from loadtests.commands import report
from loadtests.comparison import write_comparison
from loadtests.errors import LoadError, ResultError
from loadtests.report import write_reports
from loadtests.result import write_result
from loadtests.terminal import Terminal
from tests.loadtests.samples import OBJECTIVES, make_capacity, make_comparison, make_empty, make_run

REPORTS = ("report.html", "summary.md", "junit.xml")


def execute(folder: Path) -> str:
    parser = ArgumentParser()
    report.add_arguments(parser)
    said = StringIO()
    assert report.execute(parser.parse_args([str(folder)]), Terminal(said)) == 0
    return said.getvalue()


def test_reports_of_a_run_are_made_again_as_they_were(tmp_path: Path) -> None:
    result = make_run()
    write_result(result, tmp_path / "result.json")
    write_reports(result, OBJECTIVES, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in REPORTS}
    for name in REPORTS:
        (tmp_path / name).unlink()
    assert execute(tmp_path) == f"Report: {tmp_path / 'report.html'}\n"
    assert {name: (tmp_path / name).read_bytes() for name in REPORTS} == before


def test_a_run_that_kept_no_objectives_is_read_by_those_of_its_workload(tmp_path: Path) -> None:
    result = make_run()
    result.workload = "baseline"
    write_result(result, tmp_path / "result.json")
    execute(tmp_path)
    assert all((tmp_path / name).stat().st_size for name in REPORTS)


def test_objectives_of_an_unknown_workload_are_an_error_for_people(tmp_path: Path) -> None:
    write_result(make_run(), tmp_path / "result.json")
    with pytest.raises(LoadError, match="no table 'sample'"):
        execute(tmp_path)


def test_a_comparison_beside_the_run_is_shown(tmp_path: Path) -> None:
    result = make_run()
    write_result(result, tmp_path / "result.json")
    write_reports(result, OBJECTIVES, tmp_path)
    write_comparison(make_comparison(), tmp_path / "comparison.json")
    execute(tmp_path)
    assert "Compared with v1.2.0" in (tmp_path / "report.html").read_text()


def test_a_partial_run_is_reported(tmp_path: Path) -> None:
    result = make_empty()
    write_result(result, tmp_path / "result.json")
    write_reports(result, OBJECTIVES, tmp_path)
    execute(tmp_path)
    assert "partial" in (tmp_path / "report.html").read_text()


def test_reports_of_a_search_are_made_again(tmp_path: Path) -> None:
    write_capacity(make_capacity(), tmp_path)
    execute(tmp_path)
    assert "630 a second" in (tmp_path / "report.html").read_text()
    assert "630 a second" in (tmp_path / "summary.md").read_text()


def test_a_folder_without_results_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"neither a result\.json nor a capacity\.json"):
        execute(tmp_path)


def test_objectives_that_are_none_are_said_to_be(tmp_path: Path) -> None:
    write_result(make_run(), tmp_path / "result.json")
    (tmp_path / "objectives.json").write_text("{}")
    with pytest.raises(ResultError, match="holds no objectives"):
        execute(tmp_path)
