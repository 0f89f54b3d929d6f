"""The highest rate that keeps the objectives: the document `capacity.json`, with every trial behind it.

Rates are arrivals a second, times are seconds. A document may be partial: one that was interrupted holds
the trials that were made, and says so.
"""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from loadtests.errors import ResultError
from loadtests.objectives import Objectives
from loadtests.result import Outcome

SCHEMA = 1
DRIFT_MAX = 0.10
"""A host whose speed changed more than this during the search gives a range instead of a number."""


class Ending(StrEnum):
    """How a search ended."""

    FOUND = "found"
    """`value` was confirmed, and a step above it failed."""
    AT_LEAST = "at least"
    """`value` was confirmed, and the generators cannot give more."""
    RANGE = "range"
    """The host drifted: the capacity lies from `low` to `high`."""
    NONE = "none"
    """Even the smallest rate, `high`, missed an objective."""
    UNRESOLVED = "unresolved"
    """Too much could not be measured; what is known stands in `low` and `high`."""
    INTERRUPTED = "interrupted"
    """Somebody ended it; what is known stands in `low` and `high`."""


class Trial(BaseModel):
    """One load at one rate. Percentiles are of all measured requests, from the intended moment on."""

    number: int
    phase: str
    """Of the search: doubling, bisection, confirmation, probe or hold."""
    rate: float
    achieved: float
    """Arrivals a second whose requests were answered."""
    outcome: Outcome
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    in_flight: float
    """The requests that were out, on average over its windows' highest."""
    generator_cpu: float = 0.0
    """The share of a core that the busiest generator used."""
    seconds: float
    """How long was measured, without the warm-up."""
    started: str
    missed: list[str] = Field(default_factory=list)
    """Which criteria it missed, as "p95 of redirect"."""
    reasons: list[str] = Field(default_factory=list)
    """The same with figures."""
    result: str
    """The file of its result, seen from the folder of this document."""


class Capacity(BaseModel):
    """What one search found."""

    schema_version: int = SCHEMA
    id: str
    started: str
    seconds: float = 0.0
    """How long it took in all."""
    host: str
    version: str
    workload: str
    mix: str
    """The kind that all arrivals were of, or "own" for the workload's own mix."""
    objectives_name: str
    objectives: Objectives
    fingerprint: dict[str, str | int | float] = Field(default_factory=dict)
    ceiling: float
    """Requests a second that all generators can give; no trial used more than 60 % of it."""
    precision: float
    trials: list[Trial] = Field(default_factory=list)
    canary: list[float] = Field(default_factory=list)
    """Seconds that a fixed piece of work took in the first, second and last third of the trials."""
    drift: float | None = None
    """By how much the slowest of these exceeds the fastest."""
    ending: Ending | None = None
    """None while it lasts, and for ever when it was killed."""
    value: float | None = None
    """The capacity, where it is one number."""
    low: float | None = None
    """The highest rate known to keep the objectives."""
    high: float | None = None
    """The lowest rate above it known to miss one; of a range, its upper end."""
    limiting: str | None = None
    """What was missed first above the capacity, as "p95 of redirect"."""
    conclusion: str = ""
    """One sentence for people."""


def write_capacity(capacity: Capacity, folder: Path) -> None:
    """Write `capacity.json` into `folder`, whole or not at all."""
    draft = folder / "capacity.json.new"
    draft.write_text(capacity.model_dump_json(indent=1) + "\n", encoding="utf-8")
    draft.replace(folder / "capacity.json")


def read_capacity(path: Path) -> Capacity:
    """Return the document in a file, or in the folder that a search left; raises ResultError."""
    file = path / "capacity.json" if path.is_dir() else path
    try:
        capacity = Capacity.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ResultError(f"{file} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        raise ResultError(f"{file} is not a capacity: {error.errors()[0]['msg']}.") from None
    if capacity.schema_version != SCHEMA:
        raise ResultError(f"{file} has the schema {capacity.schema_version}, this is {SCHEMA}: search again.")
    return capacity
