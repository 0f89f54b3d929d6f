"""The clock of a load, and an alarm that rings on time.

Gevent's own timers go by whole milliseconds, which is longer than a cached answer takes. Where the kernel
has timers of finer grain (timerfd_create(2), Linux), an alarm uses one of them.
"""

import ctypes
import math
import os
import struct
import time

import gevent  # type: ignore[import-untyped]
from gevent.event import Event  # type: ignore[import-untyped]

TIMERFD_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC
TIMER_ABSTIME = 1
LIBRARY = ctypes.CDLL(None, use_errno=True)


class Clock:
    """Tells the seconds since its start; before it they are negative."""

    def __init__(self) -> None:
        self._start = math.inf
        self._started = Event()

    def start(self, delay: float = 0.0) -> None:
        """Let the time be 0 in `delay` seconds."""
        self._start = time.monotonic() + delay
        self._started.set()

    def wait_for_start(self) -> None:
        """Return when the clock is set; its start may still be ahead."""
        self._started.wait()

    def now(self) -> float:
        return time.monotonic() - self._start

    def moment(self, seconds: float) -> float:
        """Return what `time.monotonic()` tells when this clock tells `seconds`."""
        return self._start + seconds


class Alarm:
    """Wakes one greenlet at a time; `close` it in the end."""

    def __init__(self) -> None:
        self._timer: int | None = None
        if hasattr(LIBRARY, "timerfd_create"):
            self._timer = LIBRARY.timerfd_create(time.CLOCK_MONOTONIC, TIMERFD_FLAGS)
            if self._timer < 0:
                raise OSError(ctypes.get_errno(), "timerfd_create: raise the limit of open files")
            self._watcher = gevent.get_hub().loop.io(self._timer, 1)

    def sleep_until(self, moment: float) -> None:
        """Return when `time.monotonic()` has come to `moment`, at once if it has."""
        wait = moment - time.monotonic()
        if wait <= 0:
            return
        if self._timer is None:
            gevent.sleep(wait)
            return
        seconds, part = divmod(moment, 1)
        setting = struct.pack("qqqq", 0, 0, int(seconds), int(part * 1e9))
        LIBRARY.timerfd_settime(self._timer, TIMER_ABSTIME, setting, None)
        gevent.get_hub().wait(self._watcher)
        os.read(self._timer, 8)

    def close(self) -> None:
        if self._timer is not None:
            self._watcher.close()
            os.close(self._timer)
            self._timer = None
