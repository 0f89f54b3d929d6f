"""`python -m loadtests run WORKLOAD --host URL`: exit 0 right, 1 not started, 2 wrong answers."""

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from loadtests.api import Api, read_token
from loadtests.errors import LoadError
from loadtests.hosts import check_host
from loadtests.result import Result, format_result
from loadtests.run import run_workload
from loadtests.scenario import find_scenarios, make_tag
from loadtests.terminal import Terminal
from loadtests.workload import read_workload

RIGHT, NOT_STARTED, WRONG, INTERRUPTED = 0, 1, 2, 130


def main(arguments: list[str]) -> int:
    """Run what `arguments` ask for; return the exit code."""
    options = parse_arguments(arguments)
    try:
        return judge(run(options, Terminal(sys.stdout)))
    except LoadError as error:
        sys.stderr.write(f"loadtests: {error}\n")
        return NOT_STARTED
    except KeyboardInterrupt:
        return INTERRUPTED


def parse_arguments(arguments: list[str]) -> Namespace:
    """Return the options in `arguments`; end the program with its usage when they are wrong."""
    parser = ArgumentParser("python -m loadtests", description="Load a stack, check its answers.")
    run_parser = parser.add_subparsers(required=True).add_parser("run", help="run one workload")
    run_parser.add_argument("workload", help="a table of loadtests/workloads.toml")
    run_parser.add_argument(
        "--host",
        default=os.environ.get("LOCUST_HOST", "http://127.0.0.1:8080"),
        help="base URL of the target (default: LOCUST_HOST, else %(default)s)",
    )
    run_parser.add_argument("--duration", type=float, metavar="SECONDS", help="instead of the workload's own")
    run_parser.add_argument(
        "--i-own-this",
        action="store_true",
        help="load a host that is neither local nor in LOAD_HOSTS_ALLOWED",
    )
    run_parser.add_argument(
        "--leftovers",
        type=Path,
        metavar="FILE",
        help="write the application's commands that delete what the run retires, one a line",
    )
    return parser.parse_args(arguments)


def run(options: Namespace, terminal: Terminal) -> Result:
    """Run one workload as `options` say, report it and return what was found. Raises LoadError."""
    listed = os.environ.get("LOAD_HOSTS_ALLOWED", "")
    api = Api(check_host(options.host, listed, options.i_own_this), read_token(os.environ))
    workload = read_workload(options.workload, duration=options.duration)
    tag = make_tag()
    scenarios = [kind(api, workload, tag) for kind in find_scenarios()]
    leftovers = [line for scenario in scenarios for line in scenario.list_leftovers()]
    if options.leftovers:
        # Before the run, so that they are known however it ends.
        options.leftovers.write_text("".join(f"{line}\n" for line in leftovers), encoding="utf-8")

    terminal.say(
        f"{options.workload} on {api.host}: {workload.users} users offer "
        f"{workload.rate:,.0f} requests/s for {workload.duration:g} s"
    )
    result = run_workload(api.host, scenarios, workload, terminal)
    for line in format_result(result, workload.rate):
        terminal.say(line)
    if not options.leftovers:
        for line in leftovers:
            terminal.say(f"Retired, not deleted. To delete it: flask {line}")
    return result


def judge(result: Result) -> int:
    """Return the exit code that `result` deserves."""
    if result.interrupted:
        return INTERRUPTED
    return RIGHT if result.right else WRONG


sys.exit(main(sys.argv[1:]))
