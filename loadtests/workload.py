"""Workloads: how many people come, how fast, for how long."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from loadtests.errors import WorkloadError

WORKLOADS = Path(__file__).with_name("workloads.toml")


@dataclass(frozen=True)
class Workload:
    """One table of `workloads.toml`; every value is required and positive."""

    duration: float
    """Seconds of load."""
    users: int
    """People at the same time."""
    pace: float
    """Requests a second that each of them offers; who still waits for an answer sends fewer."""
    items: int
    """Pieces of data that a scenario seeds before the run."""
    skew: float
    """Exponent of the Zipf law by which people choose among the items."""
    seed: int
    """Start of the random numbers: the same seed chooses the same items."""

    @property
    def rate(self) -> float:
        """Requests a second that all users offer together."""
        return self.users * self.pace


def read_workload(name: str, path: Path = WORKLOADS, *, duration: float | None = None) -> Workload:
    """Return the workload `name` of the TOML file at `path`, with another `duration` if given.

    Raises WorkloadError, with all its faults.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WorkloadError(f"{path}: {error}.") from None
    if not isinstance(tables.get(name), dict):
        known = ", ".join(sorted(key for key, table in tables.items() if isinstance(table, dict)))
        raise WorkloadError(f"{path} has no workload {name!r}. It has: {known or 'none'}.")
    table = tables[name] if duration is None else tables[name] | {"duration": duration}
    if faults := list_faults(table):
        raise WorkloadError(f"{path}, workload {name!r}: {'; '.join(faults)}.")
    return Workload(**table)


def list_faults(table: dict[str, Any]) -> list[str]:
    """Return one phrase for each thing that is wrong with a workload's `table`."""
    kinds = {field.name: field.type for field in fields(Workload)}
    faults = [f"{key} is not a setting" for key in table if key not in kinds]
    for key, kind in kinds.items():
        value = table.get(key)
        if value is None:
            faults.append(f"{key} is missing")
        elif isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)):
            wanted = "a whole number" if kind is int else "a number"
            faults.append(f"{key} must be {wanted}, not {value!r}")
        elif not 0 < value < float("inf"):
            faults.append(f"{key} must be greater than 0, not {value!r}")
    return faults
