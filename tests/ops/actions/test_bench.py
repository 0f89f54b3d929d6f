"""`./demijohn bench` fetches what it needs, and its help needs nothing."""

import os
import shutil

import pytest

from ops.actions.bench import run_benchmarks
from ops.console import Console
from ops.errors import DemijohnError
from tests.ops.conftest import RecordingRunner


@pytest.fixture
def bare_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host with apt-get, of a person who is not root, without any of the programs."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name, **_: "/usr/bin/apt-get" if name == "apt-get" else None)


@pytest.mark.usefixtures("bare_host")
def test_all_missing_programs_are_named_at_once(runner: RecordingRunner, console: Console) -> None:
    with pytest.raises(DemijohnError, match=r"mariadb-server-core.*nginx.*wrk must be installed"):
        run_benchmarks(runner, console, ["--rounds", "5"])


@pytest.mark.usefixtures("bare_host")
def test_the_help_needs_no_programs(
    runner: RecordingRunner, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(runner, "become", became.append)
    run_benchmarks(runner, console, ["--help"])
    assert became[0][-1] == "--help"
