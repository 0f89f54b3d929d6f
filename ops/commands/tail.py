"""tail: the ends of log files."""

from collections.abc import Iterable
from pathlib import Path


def last(files: Iterable[Path], lines: int, *, follow: bool) -> list[str]:
    """The last lines of each file; `follow` waits for more, also after a file was rotated."""
    return ["tail", f"--lines={lines}", *(["--follow=name", "--retry"] if follow else []), *map(str, files)]
