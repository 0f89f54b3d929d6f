"""The native stack, started once for all tests of this level by the command itself."""

from collections.abc import Iterator

import pytest

from tests.stack.private_stack import Stack, make_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack. A test leaves it running and healthy; what it creates, it names itself."""
    with make_stack() as stack:
        stack.start()
        yield stack


@pytest.fixture
def home() -> Iterator[Stack]:
    """A stack that is not started yet, for a test that starts, breaks or stops it."""
    with make_stack() as stack:
        yield stack
