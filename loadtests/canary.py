"""A fixed piece of work: when it takes longer than before, the host is not what it was."""

import hashlib
import time

REPEATS = 40
BLOCK = bytes(1 << 20)
ROUNDS = 8


def time_work() -> float:
    """Return the seconds that the work takes, at best of several times: the best is disturbed the least."""
    return min(time_once() for _ in range(REPEATS))


def time_once() -> float:
    started = time.perf_counter()
    for _ in range(ROUNDS):
        hashlib.sha256(BLOCK).digest()
    return time.perf_counter() - started
