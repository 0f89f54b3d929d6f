"""Measure what the parts of the stack cost."""

from collections.abc import Sequence

from ops import packages
from ops.commands import python
from ops.console import Console
from ops.runner import Runner
from ops.runtimes.native import PROGRAMS_NEEDED


def run_benchmarks(runner: Runner, console: Console, arguments: Sequence[str]) -> None:
    """Hand over to `python -m benchmarks` with its own arguments; what it needs is installed first."""
    if not {"-h", "--help"} & set(arguments):
        packages.provide(runner, console, [*PROGRAMS_NEEDED, "wrk"])
    runner.become(python.module("benchmarks", *arguments))
