"""`python -m benchmarks [--json FILE] [--rounds N] [--seconds S]`: exit 0 measured, 1 not."""

import json
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.ingest import measure_ingest
from benchmarks.report import format_noise, format_rates, format_ratios, make_document
from benchmarks.rounds import Rounds, run_rounds
from benchmarks.stack import private_stack
from benchmarks.subjects import serve_subjects

MEASURED, NOT_MEASURED, INTERRUPTED = 0, 1, 130


def main(arguments: list[str]) -> int:
    """Measure what `arguments` say and tell it; return the exit code."""
    options = parse_arguments(arguments)
    # Whoever ends us gets the private stack stopped, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        say("Starting a private stack")
        with private_stack() as stack:
            with serve_subjects(stack) as subjects:
                rounds = run_rounds(subjects, options.rounds, options.seconds, say)
            say("Counting a ledger of a million lines")
            ingest = measure_ingest(stack)
    except BenchmarkError as error:
        sys.stderr.write(f"benchmarks: {error}\n")
        return NOT_MEASURED
    except KeyboardInterrupt:
        return INTERRUPTED
    tell(rounds, ingest, options)
    return MEASURED


def parse_arguments(arguments: list[str]) -> Namespace:
    """Return the options in `arguments`; end the program with its usage when they are wrong."""
    parser = ArgumentParser("./demijohn bench", description="Measure what the parts of the stack cost.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument(
        "--rounds", type=at_least(5), default=5, metavar="N", help="how often (default and least: 5)"
    )
    parser.add_argument(
        "--seconds", type=at_least(1), default=3, metavar="S", help="for each subject and round (default: 3)"
    )
    return parser.parse_args(arguments)


def at_least(least: int) -> Callable[[str], int]:
    """Return what reads a whole number that is not less than `least`."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"give a whole number from {least} on, not {text!r}")
        return int(text)

    return read


def tell(rounds: Rounds, ingest: Mapping[str, float], options: Namespace) -> None:
    """Print the tables, and write the file that was asked for."""
    for part in (format_rates(rounds), format_ratios(rounds, ingest), format_noise(rounds)):
        say()
        for line in part:
            say(line)
    if options.json:
        document = make_document(rounds, ingest, options.seconds)
        options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


sys.exit(main(sys.argv[1:]))
