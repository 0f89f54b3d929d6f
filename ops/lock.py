"""One command at a time may change a stack."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from ops.errors import DemijohnError
from ops.paths import Home


@contextmanager
def changing(home: Home) -> Iterator[None]:
    """Hold the home's lock for as long as the block runs; raises when another command holds it."""
    home.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home.var / "lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise DemijohnError(
                f"another ./demijohn is changing this stack (process {holder}): wait until it is done"
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
