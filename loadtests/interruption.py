"""Ctrl-C and SIGTERM: raised at once, but during a load only noted, so that it ends in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM, getsignal, signal


class Interruption:
    """Tells whether somebody wants to end the run."""

    def __init__(self) -> None:
        self.noticed = False
        self._patient = False

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Within the block the first one is only noticed; the second is raised."""
        self._patient = True
        try:
            yield
        finally:
            self._patient = False

    def _receive(self, *_: object) -> None:
        patient, self._patient, self.noticed = self._patient, False, True
        if not patient:
            raise KeyboardInterrupt


@contextmanager
def expecting_interruption() -> Iterator[Interruption]:
    """Within the block, both signals reach what it is given; blocks within blocks are given the same."""
    if isinstance(outer := getattr(getsignal(SIGINT), "__self__", None), Interruption):
        yield outer
        return
    interruption = Interruption()
    previous = {number: signal(number, interruption._receive) for number in (SIGINT, SIGTERM)}
    try:
        yield interruption
    finally:
        for number, handler in previous.items():
            signal(number, handler)
