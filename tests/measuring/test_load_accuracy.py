"""The tester tested: what it tells of targets whose times are known."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loadtests.histogram import Histogram
from loadtests.result import Result
from tests.measuring.process import Plan
from tests.measuring.target import serve_apart

CGROUP_V1 = Path("/sys/fs/cgroup/cpu")
CGROUP_V2 = Path("/sys/fs/cgroup")
PERIOD = 100_000  # microseconds


def all_of(result: Result) -> tuple[Histogram, Histogram]:
    """All times of a result: corrected and raw."""
    windows = range(len(result.windows))
    return result.corrected(windows), result.raw(windows)


def percentile(values: list[float], share: float) -> float:
    """The exact percentile, by the same definition as a histogram's."""
    return sorted(values)[max(1, -(-int(share * 1000) * len(values) // 1000)) - 1]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_percentiles_are_those_that_the_server_measured(tmp_path: Path) -> None:
    # Long against what a busy machine adds between the two clocks, and evenly spread in a mixed order: where
    # percentiles lie close together, one request that was disturbed does not move them far.
    delays = [0.3 + 0.001 * (97 * number % 300) for number in range(300)]
    with serve_apart(tmp_path, *delays) as target:
        code, output, result = Plan(tmp_path, rate=25, seconds=12, people=20).run(target.url)
        measured = target.pages()
    assert code == 0, output
    corrected, raw = all_of(result)
    assert raw.total == corrected.total == len(measured) == 300
    for share in (0.1, 0.5, 0.9, 0.95):
        known = percentile(measured, share)
        assert raw.percentile(share) == pytest.approx(known, rel=0.02)
        # The generator's own lateness comes on top, which it tells itself.
        assert corrected.percentile(share) == pytest.approx(known, rel=0.02)


def test_a_server_that_freezes_shows_in_corrected_times_and_not_in_raw_ones(tmp_path: Path) -> None:
    # 2 of 20 s: one arrival in twenty waits for more than a second. At most 6 requests can be out and see the
    # freeze, less than one in a hundred of 1,200, as with any generator that waits for its answers.
    plan = Plan(tmp_path, rate=60, seconds=20, people=6)
    with serve_apart(tmp_path) as target, plan.start(target.url) as process:
        wait_for(lambda: len(target.pages()) > 300)
        target.process.send_signal(signal.SIGSTOP)
        time.sleep(2)
        target.process.send_signal(signal.SIGCONT)
        output = process.communicate(timeout=60)[0]
    corrected, raw = all_of(plan.read(output))
    late, seen = corrected.percentile(0.99), raw.percentile(0.99)
    assert late
    assert seen
    assert late > 1
    assert seen < late / 4
    assert corrected.total == 1200


def test_whoever_finds_everybody_busy_is_counted_as_missed(tmp_path: Path) -> None:
    with serve_apart(tmp_path, 1.0) as target:
        code, output, result = Plan(tmp_path, rate=20, seconds=8, people=2).run(target.url)
        answered = len(target.pages())
    due, sent = (sum(getattr(window, name) for window in result.windows) for name in ("due", "sent"))
    assert due == 160
    assert sent == answered == all_of(result)[1].total < 30
    assert f"{due - sent} missed" in output
    assert "sent of those that were due" in output
    assert code == 2


def test_at_a_rate_that_it_can_give_what_was_offered_goes_out(tmp_path: Path) -> None:
    with serve_apart(tmp_path) as target:
        code, output, result = Plan(tmp_path, rate=60, seconds=6, arrivals="poisson").run(target.url)
        answered = len(target.pages())
    assert code == 0, output
    assert sum(window.due for window in result.windows) == sum(window.sent for window in result.windows)
    assert sum(window.sent for window in result.windows) == answered


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group without a quota yet, to put a process into."""
    parent = CGROUP_V1 if (CGROUP_V1 / "cpu.cfs_quota_us").exists() else CGROUP_V2
    folder = parent / f"demijohn-test-{os.getpid()}"
    try:
        if parent == CGROUP_V2:
            (parent / "cgroup.subtree_control").write_text("+cpu")
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    yield folder
    folder.rmdir()


def set_quota(group: Path, cores: float) -> None:
    quota = int(cores * PERIOD)
    if group.parent == CGROUP_V1:
        (group / "cpu.cfs_period_us").write_text(str(PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(quota))
    else:
        (group / "cpu.max").write_text(f"{quota} {PERIOD}")


def test_a_generator_under_a_cpu_quota_makes_the_run_invalid(tmp_path: Path, group: Path) -> None:
    plan = Plan(tmp_path, rate=100, seconds=10)
    with serve_apart(tmp_path) as target, plan.start(target.url) as process:
        (group / "cgroup.procs").write_text(str(process.pid))
        wait_for(lambda: len(target.pages()) > 20)
        set_quota(group, 0.05)
        wait_for(lambda: len(target.pages()) > 150)
        set_quota(group, 2)
        output = process.communicate(timeout=60)[0]
    assert process.returncode == 4, output
    assert re.search(r"generator-1: periods throttled by a CPU quota: [\d.]+%", output)
    assert max(sample.throttled for sample in plan.read(output).fitness) > 0.2


def test_wrk_finds_the_same_times_at_the_same_throughput(tmp_path: Path) -> None:
    # Wrk has no rate of its own: ten connections ask as fast as they are answered. So it goes first, and its
    # throughput is then offered; by Little's law as many are out, and the times must agree. They are long
    # against what either client adds, and as many connections are open, or the clients would be compared.
    with serve_apart(tmp_path, 0.25) as target:
        told = subprocess.run(
            ["wrk", "-t1", "-c10", "-d6s", "--latency", target.url],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        throughput = float(re.findall(r"Requests/sec: +([\d.]+)", told)[0])
        _, output, result = Plan(tmp_path, rate=throughput, seconds=8, people=12).run(target.url)
    raw = all_of(result)[1]
    assert raw.total / 8 == pytest.approx(throughput, rel=0.1), output
    for share in (50, 75, 90):
        found = float(re.findall(rf"{share}% +([\d.]+)ms", told)[0]) / 1000
        assert raw.percentile(share / 100) == pytest.approx(found, rel=0.1), told
