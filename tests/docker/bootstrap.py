"""An engine with the images, brought up on a Debian host where none answers."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from tests.docker import daemon, debian, images
from tests.docker.engine import Engine, find
from tests.docker.process import say


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
