"""Starting a program and waiting for its end, for the modules that prepare the docker level."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class BootstrapError(Exception):
    """The docker level cannot run on this host; the message says why and what to do."""


def execute(
    *command: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 600,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end and return what it printed, as text.

    `env` is laid over this process's own environment; `timeout` is in seconds.
    Raises BootstrapError when the program is missing, does not end in time or, unless `check`
    is off, ends with a status other than 0.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
        )
    except FileNotFoundError as error:
        raise BootstrapError(f"{words[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise BootstrapError(f"{_shorten(words)} did not end within {timeout:g} s") from error
    if check and done.returncode:
        reason = tail(done.stderr or done.stdout)
        raise BootstrapError(f"{_shorten(words)} ended with {done.returncode}:\n{reason}")
    return done


def tail(text: str, lines: int = 20) -> str:
    """The last `lines` lines of `text`: what a program says when it fails stands at the end."""
    return "\n".join(text.strip().splitlines()[-lines:])


def say(message: str) -> None:
    """Tell a person who waits what is being done."""
    sys.stderr.write(f"docker: {message}\n")


def _shorten(words: list[str]) -> str:
    line = " ".join(words)
    return line if len(line) <= 120 else f"{line[:117]}..."
