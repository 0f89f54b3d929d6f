"""Is the new run worse than the base? Figure by figure, and no louder than the noise allows.

A change counts only when it is larger than each of three limits: a share of the base's figure, a floor below
which nobody would notice, and what the noise of both runs explains (`noise.py`). Where noise or rarity would
hide even a change by half, that is the verdict: what could not be seen has not passed.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, Field

from loadtests.histogram import Histogram
from loadtests.result import Outcome, Result

SCHEMA = 1


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


class Change(BaseModel):
    """One figure in the base and in the new run; all numbers are in `unit`: seconds, a second, or a share.

    `change` is new minus base, and counts when it is larger than `limit`, whose part that comes from noise
    is `noise`. Percentiles are of the times from the intended moment on. What could not be found is None.
    """

    measure: Measure
    unit: Literal["s", "1/s", "share"]
    base: float | None
    new: float | None
    change: float | None
    limit: float | None
    noise: float | None
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
    """Where one side's figures come from: a run, or several that took turns with the other side's."""

    ids: list[str]
    started: str
    host: str
    version: str


class Comparison(BaseModel):
    """The document `comparison.json`."""

    schema_version: int = SCHEMA
    workload: str
    fingerprint: dict[str, str | int | float]
    base: Side
    new: Side
    total: KindChanges
    kinds: list[KindChanges]
    """The most frequent first."""
    outcome: Outcome
    """PASS, REGRESSION or INVALID."""
    remarks: list[str] = Field(default_factory=list)
    """Why the outcome is what it is: each regression, each improvement, and what could not be told."""
