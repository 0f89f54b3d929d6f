"""Child processes: started in a session of their own, so that Ctrl-C reaches only us, and ended."""

import contextlib
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.errors import BenchmarkError

ROOT = Path(__file__).resolve().parents[1]
READY = 30.0
"""Seconds that a child may take until it answers, or has ended."""
LINES_SHOWN = 3


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run `command` to its end and return its standard output; raise BenchmarkError if it fails.

    When we are interrupted, so is it, and it gets the time to put things in order.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment or os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.communicate()
        raise
    if process.returncode:
        raise BenchmarkError(f"{shlex.join(command)} failed: {format_end(errors or output)}")
    return output


def format_end(text: str) -> str:
    """Return the last lines of `text` in one."""
    return " | ".join(text.strip().splitlines()[-LINES_SHOWN:]) or "it said nothing"


@contextlib.contextmanager
def serving(
    command: Sequence[str], where: int | Path, log: Path, environment: Mapping[str, str]
) -> Iterator[None]:
    """Run `command` for the length of the block, which begins when it listens.

    `where` is a port of loopback or the path of a unix socket. Raises BenchmarkError.
    """
    with log.open("wb") as output:
        # The kernel ends it when we are killed outright.
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *command],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(process, where, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(READY)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], where: int | Path, log: Path) -> None:
    """Return when `process` listens; raise BenchmarkError when it ends instead, or takes too long."""
    end = time.monotonic() + READY
    while time.monotonic() < end and process.poll() is None:
        if listens(where):
            return
        time.sleep(0.05)
    end_of_log = format_end(log.read_text(errors="replace"))
    raise BenchmarkError(f"{log.stem} does not listen on {where}: {end_of_log}")


def listens(where: int | Path) -> bool:
    """Tell whether something accepts connections there."""
    unix = isinstance(where, Path)
    with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex(str(where) if unix else ("127.0.0.1", where)) == 0


def find_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
