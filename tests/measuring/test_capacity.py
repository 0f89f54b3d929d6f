"""`python -m loadtests calibrate` and `capacity` as processes, against a tiny target."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from loadtests.calibration import read_calibrations
from tests.measuring.target import TOKEN, Target

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def target() -> Iterator[Target]:
    """A target that serves for the length of one test."""
    with Target() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


def start(verb: str, target: Target, results: Path, *arguments: str) -> subprocess.Popen[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LOAD_")}
    where = ["--host", target.url, "--results", str(results)]
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "loadtests", verb, *where, *arguments],
        cwd=ROOT,
        env=inherited | {"LOAD_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


def test_a_generator_is_calibrated_and_the_figure_kept(target: Target, tmp_path: Path) -> None:
    code, output, errors = finish(
        start("calibrate", target, tmp_path, "--path", "/version", "--seconds", "2")
    )
    assert code == 0, errors
    [kept] = read_calibrations(tmp_path).machines
    assert f"One generator gives {kept.ceiling:,.0f} requests/s" in output
    assert kept.ceiling > 0


def test_a_target_that_does_not_know_the_path_cannot_calibrate(target: Target, tmp_path: Path) -> None:
    code, _, errors = finish(start("capacity", target, tmp_path))
    assert code == 1
    assert "GET /-/nginx-health: 404 instead of 200" in errors
    assert "--path" in errors
    assert errors.count("\n") == 1
    assert not target.things


def test_an_unknown_mix_is_refused_before_anything_is_asked(target: Target, tmp_path: Path) -> None:
    code, _, errors = finish(start("capacity", target, tmp_path, "--mix", "nosuch"))
    assert code == 1
    assert "'nosuch'" in errors
    assert "'front page'" in errors
