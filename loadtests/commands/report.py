"""Make the reports of a run or a search again, from what it left."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from pydantic import ValidationError

from loadtests.capacity import read_capacity
from loadtests.comparison import read_comparison
from loadtests.errors import ResultError
from loadtests.objectives import Objectives, read_objectives
from loadtests.report import write_capacity_reports, write_reports
from loadtests.result import Result, read_result
from loadtests.terminal import Terminal
from loadtests.workload import read_workload


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="holds a result.json or a capacity.json")


def execute(options: Namespace, terminal: Terminal) -> int:
    """Write report.html, summary.md and junit.xml into the folder; raises LoadError."""
    folder: Path = options.folder
    if (folder / "capacity.json").is_file():
        write_capacity_reports(read_capacity(folder), folder)
    elif (folder / "result.json").is_file():
        report_run(folder)
    else:
        raise ResultError(f"{folder} holds neither a result.json nor a capacity.json. Name a run's folder.")
    terminal.say(f"Report: {folder / 'report.html'}")
    return 0


def report_run(folder: Path) -> None:
    result = read_result(folder)
    compared = folder / "comparison.json"
    comparison = read_comparison(compared) if compared.is_file() else None
    write_reports(result, find_objectives(result, folder), folder, comparison)


def find_objectives(result: Result, folder: Path) -> Objectives:
    """Return the objectives that the run was judged by or, where they were not kept, its workload's."""
    kept = folder / "objectives.json"
    if not kept.is_file():
        return read_objectives(read_workload(result.workload).objectives)
    try:
        return Objectives.model_validate_json(kept.read_bytes())
    except ValidationError as error:
        raise ResultError(f"{kept} holds no objectives: {error.errors()[0]['msg']}.") from None
