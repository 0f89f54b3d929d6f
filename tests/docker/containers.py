"""Single containers that a test runs and waits for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.docker.engine import Engine


@contextmanager
def running(engine: Engine, *words: str) -> Iterator[str]:
    """A container of `docker run` with `words`, removed at the end; its id."""
    container = engine.run("run", "--detach", *words).stdout.strip()
    try:
        yield container
    finally:
        engine.run("rm", "--force", "--volumes", container)


def wait_for(condition: Callable[[], bool], patience: float = 60) -> None:
    """Wait until `condition` holds, at most `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not so within {patience:g} s"
        time.sleep(0.1)
