"""Which tests stay together when several processes run them."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# All of them use the one production stack in containers.
PRODUCTION = ("test_hardening", "test_load", "test_prod")


class FilesTogether(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each file to one process, and all of production to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        shared = file.parent.name == "docker" and file.name.startswith(PRODUCTION)
        return "production" if shared else str(file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesTogether:
    return FilesTogether(config, log)
