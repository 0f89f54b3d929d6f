"""How fit a generator is, second by second: its figures are worth no more than its own punctuality."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import gevent  # type: ignore[import-untyped]

from loadtests.clock import Clock
from loadtests.histogram import Histogram
from loadtests.result import Fitness

NAP = 0.020
SECOND = 1.0
PROC = Path("/proc")


@dataclass(frozen=True)
class Reading:
    """Counters of this process and its host at one moment."""

    moment: float
    cpu: float
    periods: dict[Path, tuple[int, int]]
    """Of each control group: the periods of its quota, and those in which it was throttled."""
    stolen: int
    ticks: int


class Watch:
    """Takes samples of this process's fitness until it is stopped; times are those of `clock`."""

    def __init__(self, generator: str, clock: Clock) -> None:
        self._generator = generator
        self._clock = clock
        self._samples: list[Fitness] = []
        self._groups = find_groups()
        self._greenlet = gevent.spawn(self._watch)

    def drain(self) -> list[Fitness]:
        """Return the samples since the last time."""
        samples, self._samples = self._samples, []
        return samples

    def stop(self) -> None:
        self._greenlet.kill()

    def _watch(self) -> None:
        self._clock.wait_for_start()
        before, lag = take_reading(self._groups), Histogram()
        while True:
            asleep = time.monotonic()
            gevent.sleep(NAP)
            lag.record(time.monotonic() - asleep - NAP)
            if time.monotonic() - before.moment >= SECOND:
                after = take_reading(self._groups)
                self._samples.append(self._compare(before, after, lag))
                before, lag = after, Histogram()

    def _compare(self, before: Reading, after: Reading, lag: Histogram) -> Fitness:
        passed = after.moment - before.moment
        return Fitness(
            generator=self._generator,
            time=max(0.0, self._clock.now() - passed),
            cpu=(after.cpu - before.cpu) / passed,
            lag=lag,
            throttled=max((compare_periods(before, after, group) for group in after.periods), default=0.0),
            steal=share(after.stolen - before.stolen, after.ticks - before.ticks),
            ports=share(count_connections(), count_ports()),
        )


def take_reading(groups: list[Path]) -> Reading:
    stolen, ticks = read_ticks()
    return Reading(time.monotonic(), time.process_time(), read_periods(groups), stolen, ticks)


def compare_periods(before: Reading, after: Reading, group: Path) -> float:
    """Return in which share of the periods between two readings the processes of `group` had to wait."""
    then, now = before.periods.get(group, (0, 0)), after.periods[group]
    return share(now[1] - then[1], now[0] - then[0])


def share(part: int, whole: int) -> float:
    return part / whole if whole > 0 else 0.0


def find_groups(proc: Path = PROC) -> list[Path]:
    """Return the control groups whose CPU quota binds this process: its own, and those around it."""
    mounts = dict(find_mounts(proc))
    groups = []
    for line in read_lines(proc / "self/cgroup"):
        _, controllers, path = line.split(":", 2)
        names = controllers.split(",")
        kind = "cpu" if "cpu" in names else "" if controllers == "" else None
        if kind is None or kind not in mounts:
            continue
        root, mount = mounts[kind]
        # In a container the path may be the host's, and the mount point stand for the group itself.
        inner = Path(path).relative_to(root) if Path(path).is_relative_to(root) else Path()
        groups += [mount / each for each in (inner, *inner.parents)]
    return [group for group in dict.fromkeys(groups) if (group / "cpu.stat").is_file()]


def find_mounts(proc: Path) -> Iterator[tuple[str, tuple[Path, Path]]]:
    """Yield "cpu" (control groups of version 1) and "" (2): what of the hierarchy is mounted, and where."""
    for line in read_lines(proc / "self/mountinfo"):
        mount, _, kind = line.partition(" - ")
        fields, (name, _, options) = mount.split(), kind.split(" ", 2)
        where = Path(fields[3]), Path(fields[4])
        if name == "cgroup2":
            yield "", where
        elif name == "cgroup" and "cpu" in options.split(","):
            yield "cpu", where


def read_periods(groups: list[Path]) -> dict[Path, tuple[int, int]]:
    """Return each group's periods under a quota, and how many of them were throttled."""
    periods = {}
    for group in groups:
        counts = dict(line.split()[:2] for line in read_lines(group / "cpu.stat"))
        if "nr_periods" in counts:
            periods[group] = int(counts["nr_periods"]), int(counts["nr_throttled"])
    return periods


def read_ticks() -> tuple[int, int]:
    """Return the ticks of all processors that other virtual machines took, and all ticks."""
    # user nice system idle iowait irq softirq steal; what guests got is part of user and nice.
    ticks = [int(field) for field in read_lines(PROC / "stat")[0].split()[1:9]]
    return ticks[7], sum(ticks)


def count_connections() -> int:
    """Return how many TCP sockets are open or linger; each may hold a local port."""
    held = 0
    for name in ("sockstat", "sockstat6"):
        for line in read_lines(PROC / "net" / name):
            family, _, rest = line.partition(": ")
            if family in {"TCP", "TCP6"}:
                fields = rest.split()
                counts = dict(zip(fields[::2], map(int, fields[1::2]), strict=True))
                held += counts.get("inuse", 0) + counts.get("tw", 0)
    return held


def count_ports() -> int:
    """Return how many local ports there are for connections that go out."""
    first, last = map(int, read_lines(PROC / "sys/net/ipv4/ip_local_port_range")[0].split())
    return last - first + 1


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file of the kernel's, none where it does not exist."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
