import os

import pytest

from ops.errors import DemijohnError
from ops.lock import changing
from ops.paths import Home


def test_two_commands_do_not_change_one_stack_at_once(home: Home) -> None:
    with changing(home), pytest.raises(DemijohnError, match=f"process {os.getpid()}"), changing(home):
        pytest.fail("the lock let two in")
    with changing(home):
        pass
