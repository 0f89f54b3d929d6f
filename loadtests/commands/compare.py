"""Compare two runs, a run with its baseline, or two targets that take turns.

Runs are files or folders. Exit code 0: nothing got worse; 3: something did; 4: too little is known.
"""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from loadtests.api import read_token
from loadtests.baselines import accept_baseline, read_baseline
from loadtests.commands.report import report_run
from loadtests.compare import compare, compare_runs
from loadtests.comparison import Comparison, write_comparison
from loadtests.comparison_table import format_comparison
from loadtests.errors import LoadError
from loadtests.exits import ExitCode, exit_code_of
from loadtests.folder import make_folder
from loadtests.hosts import check_host
from loadtests.interleaved import SEGMENTS, SIDES, Turns, divide_workload, join_runs, take_turns
from loadtests.objectives import read_objectives
from loadtests.report import write_reports
from loadtests.result import read_result, write_result
from loadtests.run import open_session
from loadtests.setup import RESULTS, Setup, read_number, read_pair, read_positive
from loadtests.table import format_result
from loadtests.terminal import Terminal
from loadtests.workload import read_workload


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("sides", nargs="+", metavar="BASE NEW", help="runs; with --interleaved base URLs")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument(
        "--baseline", action="store_true", help="compare NEW alone with the baseline of its host and workload"
    )
    ways.add_argument("--accept", action="store_true", help="make NEW the baseline from now on")
    ways.add_argument("--interleaved", action="store_true", help="load two targets, which take turns")
    parser.add_argument("--workload", default="baseline", help="for --interleaved (default: %(default)s)")
    parser.add_argument(
        "--segments",
        type=read_number,
        default=SEGMENTS,
        metavar="N",
        help="how many turns each target gets; its workload is divided among them (default: %(default)s)",
    )
    parser.add_argument(
        "--rate", type=read_positive, metavar="N", help="for --interleaved: arrivals a second at the peak"
    )
    parser.add_argument(
        "--seconds",
        type=read_positive,
        metavar="S",
        help="for --interleaved: length of the measured phases of all turns of one target together",
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, metavar="DIR", help="for --interleaved: where to report"
    )
    parser.add_argument(
        "--i-own-this",
        action="store_true",
        help="load hosts that are neither local nor in LOAD_HOSTS_ALLOWED",
    )
    parser.add_argument(
        "--topology",
        action="append",
        default=[],
        type=read_pair,
        metavar="KEY=VALUE",
        help="for --interleaved: what else the results are to tell of the targets; may be repeated",
    )


def execute(options: Namespace, terminal: Terminal) -> int:
    """Compare as `options` say; return the exit code that the outcome deserves. Raises LoadError."""
    wanted = 1 if options.baseline or options.accept else 2
    if len(options.sides) != wanted:
        raise LoadError(f"{wanted} must be named, not {len(options.sides)}: see compare --help.")
    if options.interleaved:
        return compare_targets(options, terminal)
    new = Path(options.sides[-1])
    result, folder = read_result(new), new if new.is_dir() else new.parent
    if options.accept:
        terminal.say(f"The baseline is now {accept_baseline(result, folder.parent)}")
        return ExitCode.PASS
    base = read_baseline(result, folder.parent) if options.baseline else read_result(Path(options.sides[0]))
    comparison = compare(base, result)
    write_comparison(comparison, folder / "comparison.json")
    if new.is_dir():
        report_run(folder)
    return tell(comparison, folder, terminal)


def compare_targets(options: Namespace, terminal: Terminal) -> int:
    """Load both targets in turns and compare what was found; return the exit code."""
    workload = read_workload(options.workload).at(rate=options.rate, seconds=options.seconds)
    objectives = read_objectives(workload.objectives)
    segment = divide_workload(workload, options.segments)
    one, other = (read_side(options, number, os.environ) for number in (0, 1))
    with open_session(one, segment, terminal) as base, open_session(other, segment, terminal) as new:
        turns = take_turns((base, new), segment, options.workload, objectives, options.segments, terminal.say)
    folder = keep(turns, options)
    if turns.unsound:
        for line in format_result(turns.unsound):
            terminal.say(line)
        terminal.say(f"Results: {folder}")
        return exit_code_of(turns.unsound)
    comparison = compare_runs(turns.base, turns.new)
    write_comparison(comparison, folder / "comparison.json")
    joined = join_runs(turns.new)
    write_result(joined, folder / "result.json")
    write_reports(joined, objectives, folder, comparison)
    return tell(comparison, folder, terminal)


def read_side(options: Namespace, number: int, environment: Mapping[str, str]) -> Setup:
    """Return where one side's load goes. Its token is LOAD_TOKEN_BASE or LOAD_TOKEN_NEW, else LOAD_TOKEN."""
    names = {f"LOAD_TOKEN_{SIDES[number].upper()}{end}": f"LOAD_TOKEN{end}" for end in ("", "_FILE")}
    own = {name: environment[given] for given, name in names.items() if given in environment}
    listed = environment.get("LOAD_HOSTS_ALLOWED", "")
    return Setup(
        host=check_host(options.sides[number], listed, options.i_own_this),
        token=read_token(own or environment),
        topology=dict(options.topology),
    )


def keep(turns: Turns, options: Namespace) -> Path:
    """Write the result of each turn into a new folder and return that."""
    folder = make_folder(options.results, f"{turns.base[0].id}-compared")
    for side, runs in zip(SIDES, (turns.base, turns.new), strict=True):
        for number, run in enumerate(runs, 1):
            write_result(run, folder / f"{side}-{number}.json")
    return folder


def tell(comparison: Comparison, folder: Path, terminal: Terminal) -> int:
    for line in format_comparison(comparison):
        terminal.say(line)
    terminal.say(f"Report: {folder}")
    return ExitCode[comparison.outcome.name]
