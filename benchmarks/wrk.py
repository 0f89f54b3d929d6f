"""wrk, the generator: it costs a fifteenth of what a Python one would, and we share its cores."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.process import run

SCRIPT = Path(__file__).with_name("wrk.lua")
THREADS = 1
# Many, as a busy site has: with few, Nginx sleeps and wakes for each answer, and what is measured is
# how long that takes on this machine.
CONNECTIONS = 64


@dataclass(frozen=True)
class Measured:
    """What wrk counted: answers, and how many a second."""

    answers: int
    rate: float


def measure(url: str, seconds: int, *, token: str | None = None, keep_alive: bool = True) -> Measured:
    """Ask for `url` over and over for some seconds; with a `token`, create something there instead.

    Without `keep_alive` each request has a connection of its own. Raises BenchmarkError when one
    answer was an error or did not come.
    """
    command = ["wrk", "-t", str(THREADS), "-c", str(CONNECTIONS), "-d", f"{seconds}s"]
    if not keep_alive:
        command += ["-H", "Connection: close"]
    environment = dict(os.environ) | ({"WRK_TOKEN": token} if token else {})
    output = run([*command, "--timeout", "10s", "-s", str(SCRIPT), url], environment)
    summary = json.loads(output.strip().splitlines()[-1])
    if failed := {name: count for name, count in summary["errors"].items() if count}:
        raise BenchmarkError(f"{url}: of {summary['requests']} answers these failed: {failed}")
    if not summary["requests"]:
        raise BenchmarkError(f"{url}: not one answer in {seconds} s")
    return Measured(summary["requests"], summary["requests"] / summary["duration"] * 1e6)
