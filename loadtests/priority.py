"""A generator goes before others on its host where it may: one that waits for its turn measures that."""

import os
from contextlib import suppress
from pathlib import Path

PRIORITY = -10
AUTOGROUP = Path("/proc/self/autogroup")


def go_first() -> None:
    """Raise this process's priority, as far as its rights go (root's, on its own host)."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    # Where Linux divides the processor among sessions first, the value above counts within its own alone.
    with suppress(OSError):
        AUTOGROUP.write_text(str(PRIORITY), encoding="ascii")
