"""What one generator records, and how the records of several become one result.

A recorder gives out what is new each time it is asked. Everything in such a `Record` is a count, so that
records add up: those of many generators, in any order, make exactly what one would have recorded. Only
the highest number of requests that were out at once is an upper bound then: generators peak at moments of
their own.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, Field

from loadtests.clock import Clock
from loadtests.result import Cell, Phase, Result, Window

NO_PORT = "no local port was left (EADDRNOTAVAIL)"


class Tally(BaseModel):
    """What is to be added to the window `number`."""

    number: int
    due: int = 0
    sent: int = 0
    answered: int = 0
    in_flight: int = 0


class Fault(BaseModel):
    """A way in which answers of one kind were wrong, how often, and the first request that met it."""

    kind: str
    fault: str
    count: int = 0
    first: str


class Record(BaseModel):
    """What is new since the last one."""

    tallies: list[Tally] = Field(default_factory=list)
    cells: list[Cell] = Field(default_factory=list)
    faults: list[Fault] = Field(default_factory=list)
    problems: dict[str, int] = Field(default_factory=dict)


class Recorder:
    """Counts arrivals, and the times and faults of answers, by the windows that they were meant for."""

    def __init__(self, windows: Sequence[Window], clock: Clock) -> None:
        self._clock = clock
        self._starts = [window.start for window in windows]
        self._end = windows[-1].start + windows[-1].seconds
        self._out = 0
        self._peaks: dict[int, int] = {}
        self._forget()

    def now(self) -> float:
        """Return the moment, in seconds of the load."""
        return self._clock.now()

    def note_sent(self, due: float) -> None:
        """Count an arrival that was due at this moment and went out, however late."""
        tally = self._tally(self._window_of(due))
        tally.due += 1
        tally.sent += 1

    def note_missed(self, due: float) -> None:
        """Count an arrival that was due at this moment and never went out."""
        self._tally(self._window_of(due)).due += 1

    def note_problem(self, problem: str) -> None:
        """Count something that makes the measurement doubtful."""
        self._problems[problem] += 1

    def begin_request(self) -> float:
        """Count a request as out; return the moment."""
        now = self.now()
        self._out += 1
        number = self._window_of(now)
        if self._out > self._peaks.get(number, 0):
            self._tally(number).in_flight += self._out - self._peaks.get(number, 0)
            self._peaks[number] = self._out
        return now

    def end_request(
        self, kind: str, request: str, meant: float | None, sent: float, came: float | None, fault: str | None
    ) -> None:
        """Record a request that was `meant` to go out (None: when it did), `sent`, and whose answer `came`.

        Without an answer it ends now. `fault` is what was wrong with it.
        """
        self._out -= 1
        if fault == NO_PORT:
            # It never left, which says nothing of the target.
            self.note_problem(NO_PORT)
            return
        meant, came = sent if meant is None else meant, self.now() if came is None else came
        if came < self._end:
            self._tally(self._window_of(came)).answered += 1
        cell = self._cell(self._window_of(meant), kind)
        cell.corrected.record(came - meant)
        cell.raw.record(came - sent)
        if fault:
            cell.wrong += 1
            self._note_fault(kind, fault, request)

    def drain(self) -> Record:
        """Return what is new since the last time."""
        record = Record(
            tallies=list(self._tallies.values()),
            cells=list(self._cells.values()),
            faults=list(self._faults.values()),
            problems=dict(self._problems),
        )
        self._forget()
        return record

    def _forget(self) -> None:
        self._tallies: dict[int, Tally] = {}
        self._cells: dict[tuple[int, str], Cell] = {}
        self._faults: dict[tuple[str, str], Fault] = {}
        self._problems: Counter[str] = Counter()

    def _window_of(self, moment: float) -> int:
        return max(0, bisect(self._starts, moment) - 1)

    def _tally(self, number: int) -> Tally:
        tally = self._tallies.get(number)
        if tally is None:
            tally = self._tallies[number] = Tally(number=number)
        return tally

    def _cell(self, number: int, kind: str) -> Cell:
        cell = self._cells.get((number, kind))
        if cell is None:
            cell = self._cells[number, kind] = Cell(window=number, kind=kind)
        return cell

    def _note_fault(self, kind: str, fault: str, request: str) -> None:
        known = self._faults.get((kind, fault))
        if known is None:
            known = self._faults[kind, fault] = Fault(kind=kind, fault=fault, first=request)
        known.count += 1


class NoRecorder:
    """Records nothing: plain locust keeps figures of its own."""

    def now(self) -> float:
        return 0.0

    def begin_request(self) -> float:
        return 0.0

    def end_request(self, *_: object) -> None:
        pass

    def note_sent(self, due: float) -> None:
        pass

    def note_problem(self, problem: str) -> None:
        pass


class Collector:
    """Adds records up in a `result` whose windows are laid out already."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self._cells: dict[tuple[int, str], Cell] = {}
        self._faults: dict[tuple[str, str], Fault] = {}
        self._problems: Counter[str] = Counter()

    def add(self, record: Record) -> None:
        for tally in record.tallies:
            window = self.result.windows[tally.number]
            window.due += tally.due
            window.sent += tally.sent
            window.answered += tally.answered
            window.in_flight += tally.in_flight
        for cell in record.cells:
            self._add_cell(cell)
        for fault in record.faults:
            known = self._faults.setdefault((fault.kind, fault.fault), fault.model_copy(update={"count": 0}))
            known.count += fault.count
        self._problems.update(record.problems)

    def _add_cell(self, cell: Cell) -> None:
        known = self._cells.get((cell.window, cell.kind))
        if known is None:
            known = self._cells[cell.window, cell.kind] = Cell(window=cell.window, kind=cell.kind)
            self.result.cells.append(known)
        known.wrong += cell.wrong
        known.corrected.merge(cell.corrected)
        known.raw.merge(cell.raw)

    def finish(self) -> None:
        """Put the cells in order, and faults and problems into words."""
        self.result.cells.sort(key=lambda cell: (cell.window, cell.kind))
        faults = sorted(self._faults.values(), key=lambda fault: (-fault.count, fault.kind, fault.fault))
        self.result.wrong += [
            f"{each.count:,} x {each.kind}: {each.fault}, first: {each.first}" for each in faults
        ]
        self.result.problems += [f"{count:,} x {text}" for text, count in sorted(self._problems.items())]


def lay_out_windows(phases: Sequence[Phase], seconds: float) -> list[Window]:
    """Return the windows of these phases, each `seconds` long or, at the end of a phase, shorter."""
    windows = []
    for number, phase in enumerate(phases):
        done = 0.0
        while phase.seconds - done > 1e-6:
            length = min(seconds, phase.seconds - done)
            windows.append(Window(phase=number, start=phase.start + done, seconds=length))
            done += length
    return windows
