"""Find how many requests a second one generator on this machine can give."""

import os
from argparse import ArgumentParser, Namespace

from loadtests.calibrate import PATH, SECONDS, calibrate, describe_calibration
from loadtests.calibration import keep_calibration
from loadtests.setup import add_setup_arguments, read_positive, read_setup
from loadtests.terminal import Terminal


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--path",
        default=PATH,
        help="what costs the target least; it must answer with 200 (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds", type=read_positive, default=SECONDS, metavar="S", help="how long (default: %(default)s)"
    )
    add_setup_arguments(parser)


def execute(options: Namespace, terminal: Terminal) -> int:
    """Find it and keep it in the folder of results; return 0. Raises LoadError."""
    setup = read_setup(options, os.environ)
    found = calibrate(setup.host, options.path, options.seconds)
    keep_calibration(found, options.results)
    terminal.say(describe_calibration(found))
    return 0
