"""Which tests stay together when several processes run them."""

from pathlib import PurePosixPath

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Files of the docker level, by how their names begin, that use one production stack or one machine.
SHARING = {
    "production": ("test_hardening", "test_load", "test_prod_"),
    "machine": ("test_provision.py", "test_deploy"),
}


class FilesTogether(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each file to one process, and all that share something to the same."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        sharing = [what for what, names in SHARING.items() if file.name.startswith(names)]
        return sharing[0] if sharing and file.parent.name == "docker" else str(file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesTogether:
    return FilesTogether(config, log)
