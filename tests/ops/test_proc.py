import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops import proc
from ops.proc import Process

# Its child works; the process itself only waits.
PARENT = """
import os, time
if os.fork() == 0:
    while True: pass
time.sleep(600)
"""
SHORT = """
import os, sys, time
if os.fork() == 0:
    end = time.process_time() + 0.3
    while time.process_time() < end: pass
    os._exit(0)
os.wait()
print("reaped", flush=True)
time.sleep(600)
"""


def make_process(
    folder: Path, pid: int, *, parent: int, start: int = 0, name: str = "x", group: str = "/"
) -> None:
    """Write the files that Linux would have of a process which used a second of the processor."""
    fields = ["S", str(parent), *["0"] * 9, "50", "25", "20", "5", *["0"] * 4, str(start), "0"]
    (folder / str(pid)).mkdir()
    (folder / str(pid) / "stat").write_text(f"{pid} ({name}) {' '.join(fields)}\n")
    (folder / str(pid) / "cgroup").write_text(f"4:cpuacct:{group}\n0::{group}\n")


@pytest.fixture
def second() -> float:
    return 100 / proc.TICKS_PER_SECOND


def test_a_name_with_blanks_and_parentheses_does_not_confuse(tmp_path: Path, second: float) -> None:
    make_process(tmp_path, 7, parent=3, start=99, name="a ) S 1 (b")
    (tmp_path / "meminfo").write_text("no process")
    assert proc.read_processes(tmp_path) == {7: Process(7, 3, second, 99)}


def test_a_tree_is_the_sum_of_all_below_its_root(tmp_path: Path, second: float) -> None:
    for pid, parent in ((10, 1), (11, 10), (12, 11), (20, 1)):
        make_process(tmp_path, pid, parent=parent)
    roots = {"web-a": 10, "nginx": 20, "worker": 30}
    assert proc.sum_trees(proc.read_processes(tmp_path), roots) == {"web-a": 3 * second, "nginx": second}


def test_the_first_process_of_a_container_is_the_one_that_started_first(tmp_path: Path) -> None:
    make_process(tmp_path, 50, parent=1, start=7, group="/system.slice/docker-abc123.scope")
    make_process(tmp_path, 40, parent=50, start=8, group="/system.slice/docker-abc123.scope")
    make_process(tmp_path, 30, parent=1, start=1, group="/user.slice")
    processes = proc.read_processes(tmp_path)
    assert proc.find_containers({"db": "abc123", "nginx": "def456"}, processes, tmp_path) == {"db": 50}


def seconds_of(pid: int) -> float:
    return proc.sum_trees(proc.read_processes(), {"it": pid})["it"]


def test_the_work_of_a_child_is_counted_for_its_root() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], start_new_session=True) as process:
        try:
            deadline = time.monotonic() + 60
            while seconds_of(process.pid) < 0.3:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        finally:
            os.killpg(process.pid, 9)


def test_the_work_of_a_child_that_ended_is_not_lost() -> None:
    command = [sys.executable, "-c", SHORT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "reaped\n"
            assert seconds_of(process.pid) > 0.2
        finally:
            process.kill()
