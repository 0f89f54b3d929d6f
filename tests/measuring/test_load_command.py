"""`./demijohn load …` on a native stack: what it watches, and what is left when it is ended early."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.stack.private_stack import ROOT, SERVICES, Stack

RESTARTING = 14


@contextmanager
def loading(stack: Stack, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Run `./demijohn load` in the background; its standard output is a pipe."""
    with subprocess.Popen(
        [ROOT / "demijohn", "load", *words],
        env={**os.environ, "DEMIJOHN_HOME": str(stack.home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def read_until(process: subprocess.Popen[str], word: str) -> str:
    """Return what a process printed up to a line with `word`."""
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if word in line:
            return printed
    raise AssertionError(f"{word!r} was not printed, but:\n{printed}")


def newest(stack: Stack, ending: str) -> Path:
    return max((stack.home / "var/load").glob(f"*-{ending}"))


@pytest.fixture(scope="module")
def folder(stack: Stack) -> Path:
    """What a smoke run left during which a slot was restarted."""
    with loading(stack, "run", "smoke", "--rate", "50", "--seconds", str(RESTARTING)) as process:
        read_until(process, "warm-up:")
        stack.demijohn("restart", "web-a")
        assert process.stdout
        printed = process.stdout.read()
        # A busy machine may make it INVALID; a restart must not make an answer wrong.
        assert process.wait() in (0, 4), printed
    assert "Not observed" not in printed
    return newest(stack, "smoke")


def observations(folder: Path) -> list[Any]:
    found: list[Any] = json.loads((folder / "result.json").read_text())["observations"]
    return found


def test_the_target_s_side_is_seen_once_a_second(folder: Path) -> None:
    seen = observations(folder)
    assert len(seen) > RESTARTING / 2
    assert all(each["connections"] > 0 for each in seen)
    assert all(set(SERVICES) - {"web-a"} <= set(each["cpu"]) <= set(SERVICES) for each in seen)
    assert sum(each["cpu"]["web-b"] for each in seen) > 0


def test_a_slot_that_restarts_is_seen_to_leave_and_to_come_back(folder: Path) -> None:
    seen = observations(folder)
    rotation = [each["slots"]["web-a"] for each in seen]
    assert False in rotation
    assert rotation[-1]
    assert "web-a" in seen[-1]["cpu"]
    assert all(each["slots"]["web-b"] for each in seen)


def test_a_run_knows_its_topology(folder: Path) -> None:
    known = json.loads((folder / "result.json").read_text())["fingerprint"]
    assert known["runtime"] == "native"
    assert known["slots"] == "2"
    assert "MariaDB" in known["database"]


def test_a_report_is_made_again_and_runs_are_compared_without_a_stack(
    stack: Stack, folder: Path, tmp_path: Path
) -> None:
    (folder / "report.html").unlink()
    for words in (("report", folder), ("compare", folder, folder)):
        done = subprocess.run(
            [ROOT / "demijohn", "load", words[0], *(os.path.relpath(path, tmp_path) for path in words[1:])],
            cwd=tmp_path,
            env={**os.environ, "DEMIJOHN_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode in (0, 4), done.stdout + done.stderr
        assert "Report: " in done.stdout
    assert (folder / "report.html").exists()


@pytest.mark.parametrize("verb", ["run", "capacity", "calibrate", "compare", "report"])
def test_help_needs_no_stack(tmp_path: Path, verb: str) -> None:
    done = subprocess.run(
        [ROOT / "demijohn", "load", verb, "--help"],
        env={**os.environ, "DEMIJOHN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    assert f"usage: python -m loadtests {verb}" in done.stdout


def test_a_search_that_is_ended_leaves_a_report_and_no_data(stack: Stack) -> None:
    with loading(stack, "capacity", "--workload", "smoke", "--trial-seconds", "3") as process:
        read_until(process, "doubling")
        process.send_signal(signal.SIGTERM)
        assert process.stdout
        printed = process.stdout.read()
        assert process.wait() == 130, printed
    folder = newest(stack, "capacity-own")
    assert json.loads((folder / "capacity.json").read_text())["trials"]
    assert "</html>" in (folder / "report.html").read_text()
    assert stack.flask("links", "list", "--search", "lt-").stdout == ""
    tokens = [line for line in stack.flask("tokens", "list").stdout.splitlines() if line.startswith("load-")]
    assert tokens
    assert all(" revoked " in line for line in tokens)
