"""What a run says while it lasts."""

from typing import TextIO

INTERVAL = 5.0
"""Seconds between two lines of progress where they cannot overwrite each other."""


class Terminal:
    """Writes to `stream`; progress overwrites itself on a terminal, elsewhere it is plain lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._unfinished = False
        self._next = 0.0

    def say(self, line: str) -> None:
        """Write a line that stays."""
        self._write(("\n" if self._unfinished else "") + line + "\n")
        self._unfinished = False

    def show_progress(self, elapsed: float, duration: float, answered: int, wrong: int) -> None:
        """Show how far a load of `duration` seconds is."""
        line = f"{elapsed:.0f} of {duration:.0f} s: {answered:,} answered, {wrong:,} wrong"
        if self._live:
            self._write(f"\r{line}")
            self._unfinished = True
        elif elapsed >= self._next:
            self.say(line)
            self._next = elapsed + INTERVAL

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
