"""Which tests stay together when several processes run them (pytest-xdist's groups)."""

import pytest

SHARING = ("docker", "stack")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, and all that use the one production stack in containers."""
    for item in items:
        if item.path.parent.name in SHARING:
            one_stack = "fresh" in getattr(item, "fixturenames", ())
            item.add_marker(pytest.mark.xdist_group("production" if one_stack else item.path.stem))
