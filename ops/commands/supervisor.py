"""supervisor: the process manager of the native runtime.

It restarts what crashes and controls each process by itself, so that one slot can be replaced while
the other serves.
"""

from pathlib import Path

from ops.commands.python import module


def daemon(configuration: Path) -> list[str]:
    return module("supervisor.supervisord", "--configuration", str(configuration))


def control(configuration: Path, *arguments: str) -> list[str]:
    return module("supervisor.supervisorctl", "--configuration", str(configuration), *arguments)
