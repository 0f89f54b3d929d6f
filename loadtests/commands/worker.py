"""Generate load for a run that was started elsewhere with --workers."""

from argparse import ArgumentParser, Namespace

from loadtests.exits import ExitCode
from loadtests.setup import PORT, read_number
from loadtests.terminal import Terminal
from loadtests.worker import Worker


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--master", required=True, metavar="HOST", help="where the run was started")
    parser.add_argument("--port", type=read_number, default=PORT, help="its port (default: %(default)s)")


def execute(options: Namespace, terminal: Terminal) -> int:
    """Do what the master orders until it is done. Raises CrewError."""
    terminal.say(f"Working for {options.master}, port {options.port}")
    Worker(options.master, options.port).serve()
    return ExitCode.PASS
