"""Modules run with this environment's own Python."""

import os
import sys
from collections.abc import Iterable


def module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def flask(*arguments: str) -> list[str]:
    return module("flask", *arguments)


def slot() -> list[str]:
    """A web slot, whose entry point needs nothing but the standard library."""
    return [sys.executable, "-SI", "web/slot.py"]


def pytest(arguments: Iterable[str], report: str | None = None, *, parallel: bool = False) -> list[str]:
    """Given folders and options, return the call of pytest, with a JUnit report if asked for."""
    reporting = [f"--junitxml={report}"] if report else []
    # One more than there are cores: most of what they do is waiting.
    processes = (os.cpu_count() or 1) + 1
    spreading = [f"--numprocesses={processes}", "--dist=loadfile"] if parallel else []
    return module("pytest", *reporting, *spreading, *arguments)


def ruff_check() -> list[str]:
    return module("ruff", "check")


def ruff_format_check() -> list[str]:
    return module("ruff", "format", "--check")


def mypy() -> list[str]:
    return module("mypy")
