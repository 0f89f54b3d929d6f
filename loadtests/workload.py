"""Workloads: how much comes, how fast, for how long (`workloads.toml`)."""

import math
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from loadtests.errors import WorkloadError
from loadtests.result import Phase

WORKLOADS = Path(__file__).with_name("workloads.toml")
WINDOWS_MAX = 300


class PhasePlan(BaseModel):
    """A phase as a workload describes it: its `rate` is in arrivals a second."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: str = Field(min_length=1)
    seconds: float = Field(gt=0)
    rate: float = Field(gt=0)
    ramp_from: float | None = Field(default=None, gt=0)
    """The rate at its beginning, where it is not the same throughout."""
    measured: bool = True


class Workload(BaseModel):
    """One table of `workloads.toml`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    people: int = Field(gt=0)
    """At most so many requests are out at once."""
    items: int = Field(gt=0)
    """Pieces of data that a scenario seeds before the run."""
    skew: float = Field(gt=0)
    """Exponent of the Zipf law by which people choose among the items."""
    seed: int
    """Start of the random numbers: the same seed gives the same arrivals and the same choices."""
    arrivals: Literal["poisson", "constant"] = "poisson"
    objectives: str
    """Which table of `slo.toml` the run is judged by."""
    mix: dict[str, float] = Field(default_factory=dict)
    """Shares of the kinds of arrivals; empty means the scenarios' own."""
    phases: tuple[PhasePlan, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def measures_something(self) -> Self:
        if not any(phase.measured for phase in self.phases):
            raise ValueError("no phase is measured")
        if any(not 0 < share < math.inf for share in self.mix.values()):
            raise ValueError("the shares of the mix must be greater than 0")
        return self

    @property
    def seconds(self) -> float:
        return sum(phase.seconds for phase in self.phases)

    @property
    def peak_rate(self) -> float:
        """The highest rate of all phases, in arrivals a second."""
        return max(max(phase.rate, phase.ramp_from or 0) for phase in self.phases)

    @property
    def window_seconds(self) -> float:
        """The length of a window: a second, or more where a run is so long that there were too many."""
        return float(max(1, math.ceil(self.seconds / WINDOWS_MAX)))

    def lay_out(self) -> list[Phase]:
        """Return the phases with the moments at which they start."""
        laid_out, start = [], 0.0
        for plan in self.phases:
            first = plan.rate if plan.ramp_from is None else plan.ramp_from
            laid_out.append(
                Phase(
                    name=plan.name,
                    start=start,
                    seconds=plan.seconds,
                    from_rate=first,
                    rate=plan.rate,
                    measured=plan.measured,
                )
            )
            start += plan.seconds
        return laid_out

    def at(self, *, rate: float | None = None, seconds: float | None = None) -> "Workload":
        """Return this workload with its peak at `rate`, and its measured phases `seconds` long in all."""
        faster = rate / self.peak_rate if rate else 1.0
        measured = sum(phase.seconds for phase in self.phases if phase.measured)
        longer = seconds / measured if seconds else 1.0
        phases = tuple(
            phase.model_copy(
                update={
                    "rate": phase.rate * faster,
                    "ramp_from": phase.ramp_from and phase.ramp_from * faster,
                    "seconds": phase.seconds * (longer if phase.measured else 1.0),
                }
            )
            for phase in self.phases
        )
        return self.model_copy(update={"phases": phases})


def read_workload(name: str, path: Path = WORKLOADS) -> Workload:
    """Return the workload `name` of the TOML file at `path`; raises WorkloadError, with all its faults."""
    found: Workload = read_table(Workload, name, path)
    return found


def read_table(model: type[Any], name: str, path: Path) -> Any:
    """Return the table `name` of the TOML file at `path` as `model`; raises WorkloadError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorkloadError(f"{path}: {error}.") from None
    if not isinstance(tables.get(name), dict):
        known = ", ".join(sorted(key for key, table in tables.items() if isinstance(table, dict)))
        raise WorkloadError(f"{path} has no table {name!r}. It has: {known or 'none'}.")
    try:
        # TOML's arrays arrive as lists, which strict models take for tuples only from JSON's way in.
        return model.model_validate(tables[name], strict=False)
    except ValidationError as error:
        faults = "; ".join(describe(fault) for fault in error.errors())
        raise WorkloadError(f"{path}, table {name!r}: {faults}.") from None


def describe(fault: Any) -> str:
    """Return one phrase for one fault that pydantic found."""
    place = ".".join(str(part) for part in fault["loc"])
    message = fault["msg"].removeprefix("Value error, ")
    given = "" if fault["type"] in {"missing", "value_error"} else f", not {fault['input']!r}"
    return f"{place}: {message}{given}" if place else f"{message}{given}"
