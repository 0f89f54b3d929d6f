"""Objectives: what is good enough (`slo.toml`)."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from loadtests.workload import read_table

OBJECTIVES = Path(__file__).with_name("slo.toml")


class Objective(BaseModel):
    """What is asked of one kind of request. Times are milliseconds from the intended moment on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    p95: float | None = Field(default=None, gt=0)
    p99: float | None = Field(default=None, gt=0)
    error_ratio: float | None = Field(default=None, ge=0, lt=1)
    """How many answers may be wrong."""


class Objectives(BaseModel):
    """One table of `slo.toml`: `every` holds for each kind that has no table of its own in `kinds`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sent_ratio: float = Field(default=0.98, gt=0, le=1)
    """How many of the arrivals that were due must have gone out."""
    canary_drift: float = Field(default=0.10, gt=0)
    """How much longer a fixed piece of work may take at one moment of the run than at another."""
    every: Objective
    kinds: dict[str, Objective] = Field(default_factory=dict)

    def of(self, kind: str) -> Objective:
        return self.kinds.get(kind, self.every)

    def tightest(self) -> float:
        """Return the smallest time that is asked for, in seconds; infinite when none is."""
        times = [t for o in (self.every, *self.kinds.values()) for t in (o.p95, o.p99) if t is not None]
        return min(times, default=float("inf")) / 1000


def read_objectives(name: str, path: Path = OBJECTIVES) -> Objectives:
    """Return the objectives `name` of the TOML file at `path`; raises WorkloadError, with all its faults."""
    found: Objectives = read_table(Objectives, name, path)
    return found
