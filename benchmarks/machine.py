"""Which machine and which versions the figures belong to."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

COMMANDS = {"nginx": ["nginx", "-v"], "mariadb": ["mariadbd", "--version"], "wrk": ["wrk", "--version"]}
PACKAGES = ("flask", "gunicorn", "sqlalchemy", "pymysql")


def describe_machine() -> dict[str, str | int]:
    """Return what a figure needs to be compared with another."""
    model = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
    }


def list_versions() -> dict[str, str]:
    """Return the versions of what is measured."""
    programs = {name: find_version(command) for name, command in COMMANDS.items()}
    packages = {name: version(name) for name in PACKAGES}
    return {"python": platform.python_version()} | programs | packages


def find_version(command: list[str]) -> str:
    """Return the first number with dots in what `command` prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else "unknown"
