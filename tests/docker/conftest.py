"""The engine of this level, brought up once for a run and ended if this run started it."""

import os
from collections.abc import Iterator

import pytest

from tests.docker import daemon
from tests.docker.bootstrap import bring_up
from tests.docker.engine import Engine, find
from tests.docker.process import BootstrapError


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine with the images. Where this host can have none, the tests that ask for it skip;
    with CI=true they fail instead, so that nothing is left out unseen."""
    was_there = find() is not None
    try:
        engine = bring_up()
    except BootstrapError as error:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"no Docker engine: {error}")
    yield engine
    if not was_there:
        daemon.stop()
