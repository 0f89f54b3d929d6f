"""`python -m loadtests` as a process, with workloads of a test's own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loadtests.result import Result, read_result
from tests.measuring.target import TOKEN

ROOT = Path(__file__).resolve().parents[2]

SHORT = Path(__file__).with_name("workloads.toml")

# Waits 1 s instead of 30 for a target whose account will never agree, reads the test's workloads, and does
# not calibrate: a target of the tests gives less than the generator, and would be what is found. That other
# virtual machines take a twentieth of this one's time now and then makes no test fail.
PREAMBLE = """
import os, pathlib, runpy, loadtests.calibrate, loadtests.run, loadtests.verdict, loadtests.workload
loadtests.run.SETTLE = 1.0
loadtests.verdict.STEAL_MAX = 0.5
loadtests.calibrate.find_ceiling = lambda *_: 10_000.0
if file := os.environ.get("TEST_WORKLOADS"):
    loadtests.workload.read_workload.__defaults__ = (pathlib.Path(file),)
runpy.run_module("loadtests", run_name="__main__")
"""


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a load run against a target of the tests."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("LOAD_", "LOCUST_"))
    }
    return inherited | {"LOAD_TOKEN": TOKEN, "TEST_WORKLOADS": str(SHORT)} | variables


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-u", "-c", PREAMBLE, *arguments]


def run_load(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m loadtests` to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@dataclass(frozen=True)
class Plan:
    """A workload that only reads the front page, for one test, and the folder for what comes of it."""

    folder: Path
    rate: float
    seconds: float
    people: int = 50
    arrivals: str = "constant"
    objectives: str = "correctness"
    mix: str = '{ "front page" = 1 }'

    @property
    def workloads(self) -> Path:
        """A file that holds it, as "plan"."""
        file = self.folder / "workloads.toml"
        file.write_text(
            f"[plan]\npeople = {self.people}\nitems = 1\nskew = 1.0\nseed = 1\n"
            f'arrivals = "{self.arrivals}"\nobjectives = "{self.objectives}"\nmix = {self.mix}\n'
            f'phases = [{{ name = "all", seconds = {self.seconds}, rate = {self.rate} }}]\n'
        )
        return file

    def arguments(self, url: str, *more: str) -> Sequence[str]:
        return ["run", "plan", "--host", url, "--results", str(self.folder / "results"), *more]

    def start(self, url: str, *more: str) -> subprocess.Popen[str]:
        """Start it; its output can be read line by line."""
        return subprocess.Popen(
            command(*self.arguments(url, *more)),
            cwd=ROOT,
            env=environment(TEST_WORKLOADS=str(self.workloads)),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, url: str, *more: str) -> tuple[int, str, Result]:
        """Run it; return the exit code, the output and the result."""
        with self.start(url, *more) as process:
            output = process.communicate(timeout=120)[0]
        return process.returncode, output, self.read(output)

    def read(self, output: str = "") -> Result:
        """Return the result of the only run."""
        folders = list((self.folder / "results").glob("*"))
        assert len(folders) == 1, output
        return read_result(folders[0])
