"""What must agree for two results to be comparable."""

import os
import platform
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from loadtests.workload import Workload

SCENARIOS = Path(__file__).with_name("scenarios")
CPUINFO = Path("/proc/cpuinfo")
LENGTH = 12


def take_fingerprint(
    workload: Workload, generators: int, topology: dict[str, str]
) -> dict[str, str | int | float]:
    """Return the fingerprint of a run of `workload` from this host, with what `topology` adds."""
    return {
        "processor": name_processor(),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "locust": version("locust"),
        "generators": generators,
        "workload": sha256(workload.model_dump_json().encode()).hexdigest()[:LENGTH],
        "scenarios": digest_scenarios(),
        **topology,
    }


def name_processor() -> str:
    """Return the processor's name as its maker gives it, or else its architecture."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def digest_scenarios(folder: Path = SCENARIOS) -> str:
    """Return a short digest of all scenarios' code."""
    digest = sha256()
    for file in sorted(folder.glob("*.py")):
        digest.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:LENGTH]
