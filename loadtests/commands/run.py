"""Run one workload against a target, and judge what was found."""

import os
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from loadtests.calibrate import find_ceiling
from loadtests.calibration import check_peak
from loadtests.exits import exit_code_of
from loadtests.folder import make_folder
from loadtests.objectives import read_objectives
from loadtests.report import write_reports
from loadtests.result import Result, write_result
from loadtests.run import open_session
from loadtests.setup import add_setup_arguments, read_positive, read_setup
from loadtests.table import format_result
from loadtests.terminal import Terminal
from loadtests.verdict import judge
from loadtests.workload import Workload, read_workload


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("workload", help="a table of loadtests/workloads.toml")
    parser.add_argument("--rate", type=read_positive, metavar="N", help="arrivals a second at the peak")
    parser.add_argument(
        "--seconds", type=read_positive, metavar="S", help="length of the measured phases together"
    )
    add_setup_arguments(parser)


def execute(options: Namespace, terminal: Terminal) -> int:
    """Run it; return the exit code that its outcome deserves. Raises LoadError."""
    workload = read_workload(options.workload).at(rate=options.rate, seconds=options.seconds)
    objectives = read_objectives(workload.objectives)
    setup = read_setup(options, os.environ)
    generators = max(1, setup.workers)
    ceiling = find_ceiling(setup.host, options.results, terminal)
    check_peak(workload.peak_rate, ceiling, generators)
    setup = replace(setup, ceiling=ceiling * generators)
    terminal.say(describe(options.workload, workload, setup.host))
    with open_session(setup, workload, terminal) as session:
        result = session.measure(workload, options.workload)
        # Before the cleaning, which somebody may cut short.
        judge(result, objectives)
        folder = make_folder(options.results, result.id)
        write_result(result, folder / "result.json")
        write_reports(result, objectives, folder)
    tell(result, folder, terminal)
    return exit_code_of(result)


def describe(name: str, workload: Workload, host: str) -> str:
    phases = ", ".join(f"{phase.name} {phase.seconds:g} s" for phase in workload.phases)
    return f"{name} on {host}: up to {workload.peak_rate:,.0f} arrivals/s ({phases})"


def tell(result: Result, folder: Path, terminal: Terminal) -> None:
    for line in format_result(result):
        terminal.say(line)
    terminal.say(f"Report: {folder}")
