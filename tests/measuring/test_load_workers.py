"""Several generators: one master and workers as processes."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import pytest

from tests.measuring.process import ROOT, Plan, command, environment, run_load
from tests.measuring.target import Target, serve_apart
from tests.ports import free_port


@pytest.fixture
def port() -> int:
    return free_port()


@contextmanager
def working(port: int, number: int = 1) -> Iterator[list[subprocess.Popen[str]]]:
    """So many workers of a master on this port."""
    arguments = ["worker", "--master", "127.0.0.1", "--port", str(port)]
    with ExitStack() as exits:
        processes = []
        for _ in range(number):
            process = subprocess.Popen(
                [sys.executable, "-m", "loadtests", *arguments],
                cwd=ROOT,
                env=environment(LOAD_TOKEN=""),
                stdout=subprocess.DEVNULL,
                text=True,
            )
            exits.enter_context(process)
            exits.callback(process.kill)
            processes.append(process)
        yield processes


def test_what_two_workers_tell_is_what_the_server_answered(tmp_path: Path, port: int) -> None:
    plan = Plan(tmp_path, rate=60, seconds=6)
    with serve_apart(tmp_path) as target, working(port, 2) as workers:
        code, output, result = plan.run(target.url, "--workers", "2", "--port", str(port))
        assert [worker.wait(timeout=30) for worker in workers] == [0, 0]
        answered = len(target.pages())
    assert code == 0, output
    windows = range(len(result.windows))
    assert sum(window.due for window in result.windows) == 360
    assert result.raw(windows).total == result.corrected(windows).total == answered == 360
    assert sum(window.answered for window in result.windows) <= answered
    assert {sample.generator for sample in result.fitness} == {"generator-1", "generator-2"}
    assert result.fingerprint["generators"] == 2


def test_the_accounts_of_all_workers_balance_and_their_data_is_cleaned(tmp_path: Path, port: int) -> None:
    where = [
        "--results",
        str(tmp_path),
        "--workers",
        "2",
        "--port",
        str(port),
        "--rate",
        "60",
        "--seconds",
        "4",
    ]
    with Target() as target, working(port, 2):
        Thread(target=target.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        done = run_load("run", "smoke", "--host", target.url, *where)
        target.shutdown()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Wrong answers: none" in done.stdout
    # Made by workers, with names of their own.
    assert {slug.split("-")[2] for slug in target.things} >= {"g1", "g2"}
    assert target.in_use == []


def test_a_worker_that_dies_makes_the_run_invalid(tmp_path: Path, port: int) -> None:
    plan = Plan(tmp_path, rate=40, seconds=12)
    with serve_apart(tmp_path) as target, working(port, 2) as workers:
        with plan.start(target.url, "--workers", "2", "--port", str(port)) as process:
            assert process.stdout
            for line in process.stdout:
                if " of 12 s" in line:
                    workers[0].send_signal(signal.SIGKILL)
                    break
            output = process.communicate(timeout=60)[0]
        answered = len(target.pages())
    assert process.returncode == 4, output
    assert "was lost" in output
    assert 0 < plan.read(output).raw(range(99)).total <= answered


def test_workers_that_do_not_come_are_named_and_awaited_for_a_bounded_time(port: int) -> None:
    with Target() as target:
        Thread(target=target.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        impatient = "import loadtests.master; loadtests.master.JOIN = 1.0\n"
        program = command("run", "smoke", "--host", target.url, "--workers", "2", "--port", str(port))
        program[3] = impatient + program[3]
        with working(port, 1):
            done = subprocess.run(
                program,
                cwd=ROOT,
                env=environment(),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        target.shutdown()
    assert done.returncode == 1
    assert "of 2 workers came within 1 s" in done.stderr
    assert target.things == {}


def test_a_port_that_is_taken_is_one_plain_line(port: int) -> None:
    with Target() as target:
        Thread(target=target.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        taken = target.server_address[1]
        done = run_load("run", "smoke", "--host", target.url, "--workers", "1", "--port", str(taken))
        target.shutdown()
    assert done.returncode == 1
    assert "cannot be awaited" in done.stderr
    assert done.stderr.count("\n") == 1
