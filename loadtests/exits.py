"""The exit codes of `python -m loadtests`."""

from enum import IntEnum

from loadtests.result import Outcome, Result


class ExitCode(IntEnum):
    """What a caller can tell apart."""

    PASS = 0
    ERROR = 1
    FAIL = 2
    REGRESSION = 3
    INVALID = 4
    INTERRUPTED = 130


def exit_code_of(result: Result) -> int:
    """Return the exit code that a result deserves."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode[(result.outcome or Outcome.PASS).name]
