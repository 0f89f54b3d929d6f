"""What the comparison of two runs found: the document `comparison.json`."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from loadtests.errors import ResultError
from loadtests.histogram import Histogram
from loadtests.result import Outcome

SCHEMA = 1
Unit = Literal["s", "1/s", "share"]


class Measure(StrEnum):
    P50 = "p50"
    P95 = "p95"
    P99 = "p99"
    ANSWERED = "answered"
    ERRORS = "errors"


class Verdict(StrEnum):
    UNCHANGED = "unchanged"
    IMPROVEMENT = "improvement"
    REGRESSION = "regression"
    TOO_FEW = "too few"
    TOO_NOISY = "too noisy"

    @property
    def told(self) -> bool:
        """Whether something could be said at all."""
        return self not in {Verdict.TOO_FEW, Verdict.TOO_NOISY}


class Change(BaseModel):
    """One figure in the base and in the new run; all numbers are in `unit`: seconds, a second, or a share.

    `change` is new minus base and counts when it is larger than `limit`, whose part that comes from noise is
    `noise`. Percentiles are of the times from the intended moment on. What could not be found is None.
    """

    measure: Measure
    unit: Unit
    base: float | None = None
    new: float | None = None
    change: float | None = None
    limit: float | None = None
    noise: float | None = None
    verdict: Verdict


class KindChanges(BaseModel):
    """What changed for one kind of request, or for all of them together, in the measured phases."""

    kind: str
    base_requests: int
    new_requests: int
    base_times: Histogram = Field(default_factory=Histogram)
    new_times: Histogram = Field(default_factory=Histogram)
    changes: list[Change]


class Side(BaseModel):
    """Where one side's figures come from: one run, or several that took turns with the other side's."""

    ids: list[str]
    started: str
    host: str
    version: str


class Comparison(BaseModel):
    """All that one comparison found. `kinds` has the most frequent first."""

    schema_version: int = SCHEMA
    workload: str
    fingerprint: dict[str, str | int | float]
    base: Side
    new: Side
    total: KindChanges
    kinds: list[KindChanges]
    outcome: Outcome
    """PASS, REGRESSION or INVALID."""
    remarks: list[str] = Field(default_factory=list)
    """A line for each regression, each improvement, and whatever could not be told."""


def write_comparison(comparison: Comparison, path: Path) -> None:
    path.write_text(comparison.model_dump_json() + "\n", encoding="utf-8")


def read_comparison(path: Path) -> Comparison:
    """Return the comparison in a file; raises ResultError."""
    try:
        comparison = Comparison.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ResultError(f"{path} cannot be read: {error.strerror}.") from None
    except ValidationError as error:
        raise ResultError(f"{path} is not a comparison: {error.errors()[0]['msg']}.") from None
    if comparison.schema_version != SCHEMA:
        raise ResultError(f"{path} has schema {comparison.schema_version}, but {SCHEMA} is read here.")
    return comparison
