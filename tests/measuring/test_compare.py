"""A real stack in turns with itself, slowed: that raises the alarm. Equals are simulated by the hundred."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from loadtests.comparison import read_comparison
from loadtests.result import Outcome, read_result
from tests.stack.delaying_proxy import delaying_proxy
from tests.stack.private_stack import ROOT, Stack

DELAY = 0.2
"""Seconds: far more than a busy host adds by itself."""
# Turns of 2 s instead of 4.5: the delay is not to be missed even so.
SHORT = """
import runpy, loadtests.interleaved
loadtests.interleaved.MEASURED_MIN, loadtests.interleaved.WARM_UP_MIN = 1.5, 0.5
runpy.run_module("loadtests", run_name="__main__")
"""


def compare_with(stack: Stack, url: str, results: Path) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Compare the stack with itself at `url`, and delete what that left.

    Returns the ended process and the folder of the report.
    """
    inherited = {name: v for name, v in os.environ.items() if not name.startswith(("LOAD_", "LOCUST_"))}
    done = subprocess.run(
        [
            *(sys.executable, "-c", SHORT, "compare", "--interleaved", stack.url, url),
            *("--workload", "smoke", "--rate", "60", "--seconds", "6", "--segments", "4"),
            *("--results", str(results)),
        ],
        cwd=ROOT,
        env=inherited | {"LOAD_TOKEN": stack.token},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # Other tests use the stack, too.
    for command in re.findall(r"To delete it: flask (.+)", done.stdout):
        stack.flask(*shlex.split(command))
    (folder,) = results.iterdir()
    return done, folder


def test_a_slower_stack_is_a_regression_and_both_accounts_hold(stack: Stack, tmp_path: Path) -> None:
    with delaying_proxy(stack.port, DELAY) as url:
        done, folder = compare_with(stack, url, tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "all requests, p50: regression" in done.stdout
    assert read_comparison(folder / "comparison.json").outcome is Outcome.REGRESSION
    for name in ("base-1", "base-4", "new-1", "new-4"):
        run = read_result(folder / f"{name}.json")
        assert run.accounts
        assert not any(account.faults for account in run.accounts)
    assert "sums equal lines" in stack.flask("clicks", "verify").stdout
    assert {"summary.md", "report.html", "result.json"} <= {each.name for each in folder.iterdir()}
