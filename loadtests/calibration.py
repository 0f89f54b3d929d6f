"""What generators on a machine were found to give, kept in the folder of results."""

import math
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from loadtests.errors import LoadError, ResultError
from loadtests.verdict import CEILING_SHARE

FILE = "calibration.json"


class CeilingError(LoadError):
    """The generators cannot give what is asked for."""


class Calibration(BaseModel):
    """What was found on one machine; `found` is the moment."""

    machine: dict[str, str | int | float]
    ceiling: float
    """Requests a second of one generator."""
    cpu: float
    """The share of a core that it used for them."""
    path: str
    found: str


class Calibrations(BaseModel):
    """The file: one calibration for each machine that shares the folder."""

    machines: list[Calibration] = Field(default_factory=list)


def read_calibrations(results: Path) -> Calibrations:
    """Return what is kept in the folder `results`, nothing if it is not there. Raises ResultError."""
    file = results / FILE
    try:
        return Calibrations.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Calibrations()
    except OSError as error:
        raise ResultError(f"{file} cannot be read: {error.strerror}.") from None
    except ValidationError:
        raise ResultError(f"{file} holds no calibrations. Delete it, and it is made again.") from None


def keep_calibration(calibration: Calibration, results: Path) -> None:
    """Keep it in the folder `results`, in place of an older one of the same machine. Raises ResultError."""
    kept = read_calibrations(results)
    others = [each for each in kept.machines if each.machine != calibration.machine]
    file = results / FILE
    try:
        results.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_text(
            Calibrations(machines=[*others, calibration]).model_dump_json(indent=1) + "\n", encoding="utf-8"
        )
        draft.replace(file)
    except OSError as error:
        raise ResultError(f"{file} cannot be written: {error.strerror}. Give another --results.") from None


def check_peak(rate: float, ceiling: float, generators: int) -> None:
    """Raise CeilingError when `rate` is too near the `ceiling` of each of so many generators."""
    usable = CEILING_SHARE * ceiling
    if rate > usable * generators:
        number = "one generator" if generators == 1 else f"{generators} generators"
        raise CeilingError(
            f"{rate:,.0f} arrivals/s are too many for {number} of {ceiling:,.0f} requests/s: beyond "
            f"{CEILING_SHARE:.0%}, here {usable * generators:,.0f}, it is their latency that is measured. "
            f"Take {math.ceil(rate / usable)} --workers, or a lower --rate."
        )
