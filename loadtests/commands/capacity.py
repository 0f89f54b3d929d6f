"""Search for the highest rate at which a target keeps its objectives."""

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import replace
from datetime import UTC, datetime

from loadtests.calibrate import find_ceiling
from loadtests.capacity import Capacity, Ending
from loadtests.exits import ExitCode
from loadtests.experiment import Experiment, estimate_minutes
from loadtests.fingerprint import take_fingerprint
from loadtests.folder import make_folder
from loadtests.mix import share_out
from loadtests.objectives import read_objectives
from loadtests.report import write_capacity_reports
from loadtests.run import Session, open_session
from loadtests.scenario import find_scenarios
from loadtests.setup import Setup, add_setup_arguments, read_positive, read_setup
from loadtests.terminal import Progress, Terminal
from loadtests.workload import Workload, read_workload

OWN = "own"
SECONDS = 5.0
PRECISION = 0.05
EXIT_CODES = {
    Ending.FOUND: ExitCode.PASS,
    Ending.AT_LEAST: ExitCode.PASS,
    Ending.RANGE: ExitCode.PASS,
    Ending.NONE: ExitCode.FAIL,
    Ending.UNRESOLVED: ExitCode.INVALID,
    Ending.INTERRUPTED: ExitCode.INTERRUPTED,
}


class Quiet(Terminal):
    """A terminal on which a trial has one line, when it is over."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def say(self, line: str) -> None:
        self._terminal.say(line)

    def show_progress(self, progress: Progress) -> None:
        pass


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--workload", default="baseline", help="whose people and data it takes (default: %(default)s)"
    )
    parser.add_argument(
        "--mix",
        action="append",
        metavar="KIND",
        help=f'search with this kind of arrival alone; "{OWN}" is the workload\'s mix (default). '
        "Repeat it for several searches",
    )
    parser.add_argument("--objectives", metavar="NAME", help="a table of slo.toml (default: the workload's)")
    parser.add_argument(
        "--trial-seconds",
        type=read_trial_seconds,
        default=SECONDS,
        metavar="S",
        help="how long each trial measures (default: %(default)g)",
    )
    add_setup_arguments(parser)


def read_trial_seconds(text: str) -> float:
    seconds = read_positive(text)
    if seconds < 3:
        raise ArgumentTypeError("a trial needs 3 seconds or more: its windows are a second long")
    return seconds


def execute(options: Namespace, terminal: Terminal) -> int:
    """Search once for each mix; return the exit code of the worst end. Raises LoadError."""
    workload = read_workload(options.workload)
    workloads = {mix: choose_mix(workload, mix) for mix in options.mix or [OWN]}
    read_objectives(options.objectives or workload.objectives)
    setup = read_setup(options, os.environ)
    ceiling = find_ceiling(setup.host, options.results, terminal) * max(1, setup.workers)
    setup = replace(setup, ceiling=ceiling)
    usual, most = estimate_minutes(options.trial_seconds)
    terminal.say(f"{len(workloads)} x about {usual:.0f} minutes, at most about {most:.0f} each")
    codes = []
    with open_session(setup, workload, Quiet(terminal)) as session:
        for mix, chosen in workloads.items():
            capacity = begin_capacity(options, mix, chosen, setup, session.version)
            codes.append(search(session, chosen, capacity, options, terminal))
            if capacity.ending is Ending.INTERRUPTED:
                break
    return max(codes)


def search(
    session: Session, workload: Workload, capacity: Capacity, options: Namespace, terminal: Terminal
) -> int:
    """Make one search, write its folder, and return its exit code."""
    terminal.say(f"Capacity for {capacity.mix} on {capacity.host}, objectives {capacity.objectives_name}")
    folder = make_folder(options.results, capacity.id)
    try:
        Experiment(session, workload, options.trial_seconds, capacity, folder, terminal).run()
    finally:
        write_capacity_reports(capacity, folder)
    terminal.say(f"{capacity.mix}: {capacity.conclusion}")
    terminal.say(f"Report: {folder}")
    return EXIT_CODES[capacity.ending or Ending.INTERRUPTED]


def begin_capacity(options: Namespace, mix: str, workload: Workload, setup: Setup, version: str) -> Capacity:
    """Return the document of a search that begins now."""
    now, name = datetime.now(UTC), options.objectives or workload.objectives
    return Capacity(
        id=f"{now:%Y%m%dT%H%M%SZ}-capacity-{'-'.join(mix.split())}",
        started=now.isoformat(timespec="seconds"),
        host=setup.host,
        version=version,
        workload=options.workload,
        mix=mix,
        objectives_name=name,
        objectives=read_objectives(name),
        fingerprint=take_fingerprint(workload, max(1, setup.workers), setup.topology),
        ceiling=setup.ceiling or 0.0,
        precision=PRECISION,
    )


def choose_mix(workload: Workload, mix: str) -> Workload:
    """Return `workload` with arrivals of this kind alone. Raises WorkloadError when no scenario has it."""
    chosen = workload if mix == OWN else workload.model_copy(update={"mix": {mix: 1.0}})
    share_out([person for each in find_scenarios() for person in each.people], chosen.mix)
    return chosen
