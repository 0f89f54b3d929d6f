import time
from pathlib import Path

import gevent  # type: ignore[import-untyped]
import pytest

from loadtests.clock import Clock
from loadtests.health import (
    PROC,
    Watch,
    compare_periods,
    count_ports,
    find_groups,
    read_periods,
    read_ticks,
    take_reading,
)
from loadtests.histogram import merged
from loadtests.result import Fitness


def write_group(folder: Path, periods: int, throttled: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpu.stat").write_text(f"usage_usec 1\nnr_periods {periods}\nnr_throttled {throttled}\n")
    return folder


def write_proc(folder: Path, groups: str, mounts: str) -> Path:
    (folder / "self").mkdir(parents=True)
    (folder / "self/cgroup").write_text(groups)
    (folder / "self/mountinfo").write_text(mounts)
    return folder


def test_the_groups_of_version_2_are_the_own_and_those_around_it(tmp_path: Path) -> None:
    mount = tmp_path / "fs"
    inner, outer = write_group(mount / "a/b", 10, 3), write_group(mount / "a", 20, 4)
    mount_line = f"30 20 0:26 / {mount} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n"
    proc = write_proc(tmp_path / "proc", "0::/a/b\n", mount_line)
    assert find_groups(proc) == [inner, outer]
    assert read_periods([inner, outer]) == {inner: (10, 3), outer: (20, 4)}


def test_the_groups_of_version_1_are_those_of_the_cpu_controller(tmp_path: Path) -> None:
    mount = tmp_path / "fs"
    group = write_group(mount / "job", 7, 1)
    proc = write_proc(
        tmp_path / "proc",
        "5:memory:/elsewhere\n1:cpu,cpuacct:/job\n",
        f"30 20 0:26 / {mount} rw - cgroup cgroup rw,cpu,cpuacct\n"
        "31 20 0:27 / /m rw - cgroup cgroup rw,memory\n",
    )
    assert find_groups(proc) == [group]


def test_in_a_container_the_mount_point_stands_for_the_group(tmp_path: Path) -> None:
    mount = write_group(tmp_path / "fs", 7, 1)
    mount_line = f"30 20 0:26 /docker/abc {mount} ro - cgroup cgroup rw,cpu\n"
    proc = write_proc(tmp_path / "proc", "1:cpu:/docker/abc\n", mount_line)
    assert find_groups(proc) == [mount]


def test_a_group_without_a_quota_has_no_periods(tmp_path: Path) -> None:
    (tmp_path / "cpu.stat").write_text("usage_usec 1\n")
    assert read_periods([tmp_path]) == {}


def test_the_throttled_share_is_that_of_the_periods_between_two_readings(tmp_path: Path) -> None:
    group = write_group(tmp_path, 100, 50)
    before = take_reading([group])
    after = take_reading([write_group(tmp_path, 110, 54)])
    assert compare_periods(before, after, group) == 0.4
    assert compare_periods(after, after, group) == 0


def test_this_host_tells_its_ticks_and_ports() -> None:
    stolen, ticks = read_ticks()
    assert 0 <= stolen < ticks
    assert 0 < count_ports() < 65_536
    assert find_groups(PROC) == find_groups()


def watch(seconds: float, busy: float) -> list[Fitness]:
    """Watch this process for so many seconds, which it blocks for `busy` of each tenth of one."""
    clock = Clock()
    watch = Watch("one", clock)
    clock.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        # Long work in one greenlet, which keeps all others from running.
        until = time.monotonic() + busy
        while time.monotonic() < until:
            pass
        gevent.sleep(max(0.001, 0.1 - busy))
    watch.stop()
    return watch.drain()


def test_a_busy_generator_is_late_and_an_idle_one_much_less() -> None:
    idle, busy = watch(2.3, 0), watch(2.3, 0.09)
    assert len(idle) >= 1
    assert [each.generator for each in busy] == ["one"] * len(busy)
    lags = [merged(each.lag for each in samples).percentile(0.5) or 0 for samples in (idle, busy)]
    assert lags[1] > 3 * lags[0]
    cpu = [sum(each.cpu for each in samples) / len(samples) for samples in (idle, busy)]
    assert cpu[1] > 2 * cpu[0]
    assert all(0 <= share <= 1 for each in idle for share in (each.throttled, each.steal, each.ports))


@pytest.mark.parametrize("samples", [1, 2])
def test_a_sample_is_given_out_once(samples: int) -> None:
    clock = Clock()
    one = Watch("one", clock)
    clock.start()
    drained: list[Fitness] = []
    while len(drained) < samples:
        gevent.sleep(0.05)
        drained += one.drain()
    one.stop()
    assert len({each.time for each in drained}) == samples
