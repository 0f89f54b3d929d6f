"""What Linux tells of processes in /proc: their parents, their processor time, their containers."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# Positions of the fields behind the name, which may hold blanks and stands in parentheses (proc(5)).
PARENT_AT, TIMES_AT, START_AT = 1, slice(11, 15), 19


@dataclass(frozen=True)
class Process:
    """One process: its parent, the processor time it used in seconds, and when it started, in ticks.

    The time includes that of the children which have ended, so that nothing is lost when one does.
    """

    pid: int
    parent: int
    seconds: float
    start: int


def read_processes(proc: Path = PROC) -> dict[int, Process]:
    """Return every process that runs now, by its id."""
    return {process.pid: process for pid in list_pids(proc) if (process := read_process(proc, pid))}


def list_pids(proc: Path = PROC) -> Iterator[int]:
    return (int(path.name) for path in proc.iterdir() if path.name.isdecimal())


def read_process(proc: Path, pid: int) -> Process | None:
    """Return what `stat` tells of a process, or None when it has just ended."""
    try:
        text = (proc / str(pid) / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    ticks = sum(int(field) for field in fields[TIMES_AT])
    return Process(pid, int(fields[PARENT_AT]), ticks / TICKS_PER_SECOND, int(fields[START_AT]))


def sum_trees(processes: Mapping[int, Process], roots: Mapping[str, int]) -> dict[str, float]:
    """Given processes, return for each name the seconds used by its root and all below it.

    A root that does not run is left out.
    """
    children: dict[int, list[int]] = {}
    for process in processes.values():
        children.setdefault(process.parent, []).append(process.pid)

    def total(pid: int) -> float:
        return processes[pid].seconds + sum(total(child) for child in children.get(pid, ()))

    return {name: total(pid) for name, pid in roots.items() if pid in processes}


def find_containers(
    identities: Mapping[str, str], processes: Mapping[int, Process], proc: Path = PROC
) -> dict[str, int]:
    """Given containers' ids by name, return the first process of each that this host sees."""
    first: dict[str, Process] = {}
    for process in processes.values():
        cgroup = read_cgroup(proc, process.pid)
        for name, identity in identities.items():
            if identity in cgroup and (name not in first or process.start < first[name].start):
                first[name] = process
    return {name: process.pid for name, process in first.items()}


def read_cgroup(proc: Path, pid: int) -> str:
    try:
        return (proc / str(pid) / "cgroup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
