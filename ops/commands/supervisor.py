"""supervisor: the process manager of the native runtime.

It restarts what crashes and controls each process by itself, so that one slot can be replaced while
the other serves.
"""

import sys
from pathlib import Path

PROGRAMS = Path(sys.executable).parent


def daemon(configuration: Path) -> list[str]:
    return [str(PROGRAMS / "supervisord"), "--configuration", str(configuration)]


def control(configuration: Path, *arguments: str) -> list[str]:
    return [str(PROGRAMS / "supervisorctl"), "--configuration", str(configuration), *arguments]
