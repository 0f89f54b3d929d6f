"""What a run says while it lasts."""

from dataclasses import dataclass
from typing import TextIO

from loadtests.result import Result

INTERVAL = 5.0
"""Seconds between two lines of progress where they cannot overwrite each other."""
RECENT = 3.0
"""Progress shows the last seconds, as many as these."""


@dataclass(frozen=True)
class Progress:
    """How far a load is, and how it was in its last seconds; times are seconds."""

    elapsed: float
    duration: float
    phase: str
    due: float
    answered: float
    p95: float | None
    in_flight: int
    wrong: int
    missed: int


class Terminal:
    """Writes to `stream`; progress overwrites itself on a terminal, elsewhere it is plain lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._width = 0
        self._next = 0.0

    def say(self, line: str) -> None:
        """Write a line that stays."""
        self._write(("\n" if self._width else "") + line + "\n")
        self._width = 0

    def show_progress(self, progress: Progress) -> None:
        line = format_progress(progress)
        if self._live:
            self._write(f"\r{line:{self._width}}")
            self._width = len(line)
        elif progress.elapsed >= self._next or progress.elapsed < self._next - INTERVAL:
            self.say(line)
            self._next = progress.elapsed + INTERVAL

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def format_progress(progress: Progress) -> str:
    p95 = "-" if progress.p95 is None else f"{progress.p95 * 1000:,.1f} ms"
    return (
        f"{progress.elapsed:.0f} of {progress.duration:.0f} s, {progress.phase}: "
        f"{progress.due:,.0f} due/s, {progress.answered:,.0f} answered/s, p95 {p95}, "
        f"{progress.in_flight} in flight, {progress.wrong:,} wrong, {progress.missed:,} missed"
    )


def measure_progress(result: Result, elapsed: float) -> Progress:
    """Return how far the load of `result` is after `elapsed` seconds."""
    recent = [
        number
        for number, window in enumerate(result.windows)
        if elapsed - RECENT - window.seconds < window.start and window.start + window.seconds <= elapsed
    ]
    windows = [result.windows[number] for number in recent]
    seconds = sum(window.seconds for window in windows) or 1.0
    phase = next((p for p in reversed(result.phases) if p.start <= max(0.0, elapsed)), result.phases[0])
    return Progress(
        elapsed=max(0.0, elapsed),
        duration=sum(each.seconds for each in result.phases),
        phase=phase.name,
        due=sum(window.due for window in windows) / seconds,
        answered=sum(window.answered for window in windows) / seconds,
        p95=result.corrected(recent).percentile(0.95),
        in_flight=max((window.in_flight for window in windows), default=0),
        wrong=sum(cell.wrong for cell in result.cells),
        missed=sum(window.due - window.sent for window in result.windows),
    )
