"""What a run found: the document `result.json`, from which every report and comparison is made.

Nothing in it is an average or a percentile: it holds counts, and histograms of each kind of request in
each window of time, so that any of them can be merged and judged later. Times are seconds; those named
`start` or `time` count from the start of the load. Its JSON schema is `python -m loadtests schema`.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from loadtests.errors import ResultError
from loadtests.histogram import Histogram, merged

SCHEMA = 1


class Outcome(StrEnum):
    """The verdict on a run."""

    PASS = "PASS"  # noqa: S105 - not a password
    FAIL = "FAIL"
    REGRESSION = "REGRESSION"
    INVALID = "INVALID"


class Phase(BaseModel):
    """A stretch of the load with one purpose; the rate goes evenly from `from_rate` to `rate`."""

    name: str
    start: float
    seconds: float
    from_rate: float
    rate: float
    measured: bool


class Window(BaseModel):
    """Some seconds of one phase. `due` arrivals were meant to go out in it, `sent` of them did, however late.

    `answered` counts answers that came within it, whenever they were asked for; `in_flight` is the most
    that were out at once.
    """

    phase: int
    start: float
    seconds: float
    due: int = 0
    sent: int = 0
    answered: int = 0
    in_flight: int = 0


class Cell(BaseModel):
    """The requests of one kind that were meant for one window.

    `corrected` holds the time from the moment a request was meant to go out, `raw` that from when it did.
    """

    window: int
    kind: str
    wrong: int = 0
    corrected: Histogram = Field(default_factory=Histogram)
    raw: Histogram = Field(default_factory=Histogram)

    @property
    def requests(self) -> int:
        return self.raw.total


class Fitness(BaseModel):
    """How one generator was in about a second: shares from 0 to 1, `lag` the oversleep of its clock."""

    generator: str
    time: float
    cpu: float
    lag: Histogram
    throttled: float
    steal: float
    ports: float


class Observation(BaseModel):
    """How the target's side was at one moment: cores used by each process, database connections, slots."""

    time: float
    cpu: dict[str, float] = Field(default_factory=dict)
    connections: int | None = None
    slots: dict[str, bool] = Field(default_factory=dict)


class Account(BaseModel):
    """What a scenario found when it compared what it sent with what the target says of it."""

    summary: str
    faults: list[str] = Field(default_factory=list)


class Finding(BaseModel):
    """One thing that was judged. `about` names the kind of request, or what else it is about."""

    topic: Literal["correctness", "validity", "objective"]
    about: str
    what: str
    limit: str
    found: str
    held: bool
    phase: str = ""


class Result(BaseModel):
    """All that one run found."""

    schema_version: int = SCHEMA
    id: str
    started: str
    host: str
    version: str
    workload: str
    fingerprint: dict[str, str | int | float]
    phases: list[Phase]
    window_seconds: float
    windows: list[Window] = Field(default_factory=list)
    cells: list[Cell] = Field(default_factory=list)
    fitness: list[Fitness] = Field(default_factory=list)
    observations: list[Observation] = Field(default_factory=list)
    canary: list[float] = Field(default_factory=list)
    """Seconds that a fixed piece of work took, before, during and after the run."""
    ceiling: float | None = None
    """Requests a second that the generators can give, as `calibrate` found."""
    wrong: list[str] = Field(default_factory=list)
    """One line for each kind of wrong answer."""
    problems: list[str] = Field(default_factory=list)
    """What happened to the generators: a worker lost, no port left."""
    accounts: list[Account] = Field(default_factory=list)
    interrupted: bool = False
    outcome: Outcome | None = None
    findings: list[Finding] = Field(default_factory=list)

    def windows_of(self, phases: Iterable[int] | None = None) -> list[int]:
        """Return the numbers of the windows of these phases; without them, of all that are measured."""
        wanted = set(phases) if phases is not None else {i for i, p in enumerate(self.phases) if p.measured}
        return [number for number, window in enumerate(self.windows) if window.phase in wanted]

    def kinds(self) -> list[str]:
        """Return the kinds of requests, the most frequent first."""
        counts: dict[str, int] = {}
        for cell in self.cells:
            counts[cell.kind] = counts.get(cell.kind, 0) + cell.requests
        return sorted(counts, key=lambda kind: -counts[kind])

    def cells_of(self, windows: Iterable[int], kind: str | None = None) -> Iterator[Cell]:
        """Yield the cells of these windows, of one kind or of all."""
        wanted = set(windows)
        for cell in self.cells:
            if cell.window in wanted and kind in (None, cell.kind):
                yield cell

    def corrected(self, windows: Iterable[int], kind: str | None = None) -> Histogram:
        """Return the times from the intended moment on, of these windows together."""
        return merged(cell.corrected for cell in self.cells_of(windows, kind))

    def raw(self, windows: Iterable[int], kind: str | None = None) -> Histogram:
        """Return the times from the actual moment on, of these windows together."""
        return merged(cell.raw for cell in self.cells_of(windows, kind))


def write_result(result: Result, path: Path) -> None:
    path.write_text(result.model_dump_json() + "\n", encoding="utf-8")


def read_result(path: Path) -> Result:
    """Return the result in a file, or in the folder that a run left; raises ResultError."""
    file = path / "result.json" if path.is_dir() else path
    try:
        result = Result.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ResultError(f"{file} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        raise ResultError(f"{file} is not the result of a run: {error.errors()[0]['msg']}.") from None
    if result.schema_version != SCHEMA:
        raise ResultError(f"{file} has schema {result.schema_version}, but {SCHEMA} is read here: run again.")
    return result
