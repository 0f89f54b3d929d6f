"""The log of a host's deploys: a line of JSON for each beginning and each end, never changed again."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from ops.deploying.lock import describe_person, now
from ops.deploying.stack import DIRECTORY, Stack

FILE = DIRECTORY / "deploy.log"


def note(stack: Stack, **fields: str) -> None:
    """Append a line with these fields, the time and who this is."""
    line = json.dumps({"time": now(), "by": describe_person(), **fields})
    stack.run(["sh", "-c", 'printf "%s\\n" "$1" >>"$2"', "sh", line, str(FILE)])


@contextmanager
def noting(stack: Stack, act: str, old: str, new: str) -> Iterator[None]:
    """Note that an act begins, and how it ended."""
    what = {"act": act, "from": old, "to": new}
    note(stack, event="started", **what)
    try:
        yield
    except BaseException as error:
        note(stack, event="failed", **what, reason=str(error).partition("\n")[0] or type(error).__name__)
        raise
    note(stack, event="done", **what)


def read_log(stack: Stack) -> list[dict[str, str]]:
    """Return the log's entries, the oldest first; a host without one has none."""
    lines = stack.run(["sh", "-c", 'test ! -e "$1" || cat "$1"', "sh", str(FILE)])
    return [json.loads(line) for line in lines]
