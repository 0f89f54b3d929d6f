"""An engine with the images, brought up on a Debian host where none answers."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.docker import daemon, debian, images
from tests.docker.engine import Engine, find
from tests.docker.process import say

_STARTED = daemon.RUN / "started-by-a-run"


def bring_up() -> Engine:
    """An engine that answers and has the images; the host's pulls them when they are needed.

    A second call finds what the first one left. Raises BootstrapError if this host cannot.
    """
    engine = find()
    if engine is None or engine.private:
        debian.identify()
        with _one_at_a_time():
            engine = find() or _start()
            images.ensure(engine)
    say(f"using {engine.describe()}")
    return engine


@contextmanager
def borrow() -> Iterator[Engine]:
    """An engine with the images for the length of a run.

    Runs may overlap. The last one to leave ends the engine, unless it was there before all of them.
    Raises BootstrapError if this host cannot.
    """
    daemon.CACHE.mkdir(parents=True, exist_ok=True)
    with (daemon.CACHE / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        was_there = find() is not None
        engine = bring_up()
        if not was_there:
            _STARTED.touch()
        try:
            yield engine
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            _end_unless_used(users)


def _end_unless_used(users: IO[str]) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if _STARTED.exists():
        _STARTED.unlink()
        daemon.stop()


def _start() -> Engine:
    daemon.prepare()
    daemon.start()
    return Engine(private=True, environment=daemon.describe_environment())


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    daemon.CACHE.mkdir(parents=True, exist_ok=True)
    with (daemon.CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
