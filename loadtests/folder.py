"""The folder that a run leaves."""

from pathlib import Path

from loadtests.errors import ResultError


def make_folder(results: Path, name: str) -> Path:
    """Make and return the folder `name`, or the next free one, below `results`. Raises ResultError."""
    try:
        results.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            folder = results / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()
                return folder
            except FileExistsError:
                number += 1
    except OSError as error:
        reason = error.strerror
        raise ResultError(f"{results} cannot hold results: {reason}. Give another --results.") from None
