"""The engine of this level, brought up once for a run and ended if this run started it."""

import os
from collections.abc import Iterator
from typing import NoReturn

import pytest

from tests.docker import daemon
from tests.docker.bootstrap import bring_up
from tests.docker.engine import Engine, find
from tests.docker.process import BootstrapError


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine with the images; `give_up` says what happens where this host can have none."""
    was_there = find() is not None
    try:
        engine = bring_up()
    except BootstrapError as error:
        give_up(f"no Docker engine: {error}")
    yield engine
    if not was_there:
        daemon.stop()


def give_up(reason: str) -> NoReturn:
    """Skip what cannot run here; with CI=true fail it, so that nothing is left out unseen."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
