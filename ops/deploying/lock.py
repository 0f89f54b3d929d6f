"""One deploy at a time on a host, and none while somebody holds it."""

import getpass
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import IO

from ops.deploying.stack import DIRECTORY, Stack, read_script
from ops.errors import DemijohnError

ANSWER_SECONDS = 30
BEAT_SECONDS = 5.0


def describe_person() -> str:
    """Who this is, for others to ask."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def locked(stack: Stack, purpose: str) -> Iterator[None]:
    """Hold the host's lock for as long as the block runs.

    The host gives it back by itself when the connection is cut or this process is killed: after a minute
    without a sign of life. Raises DemijohnError when another holds it.
    """
    who = f"{describe_person()}, since {now()}: {purpose}"
    script = ["sh", "-c", read_script("lock", keep_input=True), "sh", str(DIRECTORY), who]
    with stack.runner.converse(stack.ssh.run(*script)) as conversation:
        try:
            answer = conversation.ask("", ANSWER_SECONDS)
        except (TimeoutError, OSError) as error:
            raise DemijohnError(f"the lock on {stack.ssh.name} could not be taken: {error}") from error
        if answer != "held":
            holder = answer.removeprefix("busy ")
            raise DemijohnError(f"{stack.ssh.name} is being changed ({holder}): wait until that is done")
        ended = threading.Event()
        beating = threading.Thread(target=beat, args=(conversation.typed, ended), daemon=True)
        beating.start()
        try:
            yield
        finally:
            ended.set()
            beating.join()


def beat(typed: IO[str], ended: threading.Event) -> None:
    with suppress(OSError, ValueError):
        while not ended.wait(BEAT_SECONDS):
            typed.write("\n")
            typed.flush()
