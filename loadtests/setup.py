"""What a run is told by its command line and environment: the target, and who loads it."""

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.api import read_token
from loadtests.hosts import check_host

RESULTS = Path(__file__).with_name("results")
PORT = 5557
"""Where workers find their master; locust's own default."""


@dataclass(frozen=True)
class Setup:
    """Where the load goes and where it comes from."""

    host: str
    token: str | None = None
    workers: int = 0
    """Processes on other cores or hosts that generate the load; 0 means this one does."""
    bind: str = "127.0.0.1"
    """The address on which workers find this process."""
    port: int = PORT
    observations: Path | None = None
    """A file of JSON lines to which somebody appends how the target's side is."""
    leftovers: Path | None = None
    """Where to write the application's commands that delete what the run can only retire."""
    topology: dict[str, str] = field(default_factory=dict)
    """What else two runs must have in common to be compared."""
    ceiling: float | None = None
    """Requests a second that these generators can give."""


def add_setup_arguments(parser: ArgumentParser) -> None:
    """Add the options that every verb has that loads a target."""
    parser.add_argument(
        "--host",
        default=os.environ.get("LOCUST_HOST", "http://127.0.0.1:8080"),
        help="base URL of the target (default: LOCUST_HOST, else http://127.0.0.1:8080)",
    )
    parser.add_argument(
        "--i-own-this",
        action="store_true",
        help="load a host that is neither local nor in LOAD_HOSTS_ALLOWED",
    )
    parser.add_argument(
        "--results",
        type=Path,
        default=RESULTS,
        metavar="DIR",
        help="where to make the folder of the report (default: loadtests/results)",
    )
    parser.add_argument(
        "--workers",
        type=read_number,
        default=0,
        metavar="N",
        help="wait for so many `python -m loadtests worker`, which generate the load (default: this process)",
    )
    parser.add_argument(
        "--bind",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where workers connect; * for all networks. The API token goes to whoever does (%(default)s)",
    )
    parser.add_argument(
        "--port", type=read_number, default=PORT, help="where workers connect (default: %(default)s)"
    )
    parser.add_argument(
        "--observations",
        type=Path,
        metavar="FILE",
        help="JSON lines that tell how the target's side is, written by somebody else meanwhile",
    )
    parser.add_argument(
        "--topology",
        action="append",
        default=[],
        type=read_pair,
        metavar="KEY=VALUE",
        help="what else two runs must have in common to be compared; may be repeated",
    )
    parser.add_argument(
        "--leftovers",
        type=Path,
        metavar="FILE",
        help="write the application's commands that delete what the run retires, one a line",
    )


def read_setup(options: Namespace, environment: Mapping[str, str]) -> Setup:
    """Return the set-up that `options` and `environment` describe. Raises HostError and TokenError."""
    listed = environment.get("LOAD_HOSTS_ALLOWED", "")
    return Setup(
        host=check_host(options.host, listed, options.i_own_this),
        token=read_token(environment),
        workers=options.workers,
        bind=options.bind,
        port=options.port,
        observations=options.observations,
        leftovers=options.leftovers,
        topology=dict(options.topology),
    )


def read_pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def read_number(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def read_positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number greater than 0")
    return value
