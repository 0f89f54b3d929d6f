"""What somebody else observes on the target's side meanwhile, and appends to a file as JSON lines."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from loadtests.errors import ResultError
from loadtests.result import Observation


def read_observations(path: Path, began: float, seconds: float) -> list[Observation]:
    """Return the observations of `seconds` from `began` (since the epoch) on; times then count from there.

    A last line that is not complete yet is left out. Raises ResultError.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ResultError(f"{path} cannot be read: {error.strerror}.") from None
    observations = []
    for observation in parse_lines(text[: text.rfind("\n") + 1], path):
        observation.time -= began
        if 0 <= observation.time <= seconds:
            observations.append(observation)
    return observations


def parse_lines(text: str, path: Path) -> Iterator[Observation]:
    for number, line in enumerate(text.splitlines(), 1):
        try:
            yield Observation.model_validate_json(line)
        except ValidationError as error:
            raise ResultError(f"{path}, line {number}: {error.errors()[0]['msg']}.") from None
