"""A running stack for what is measured; these tests need the machine for themselves."""

from collections.abc import Iterator

import pytest

from tests.stack.private_stack import Stack, make_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A running stack. A test leaves it running and healthy; what it creates, it names itself."""
    with make_stack() as stack:
        stack.start()
        yield stack
