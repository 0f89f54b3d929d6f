"""The runs that new ones are measured by: one for each class of host and each workload."""

import re
from pathlib import Path

from loadtests.errors import ResultError
from loadtests.result import Outcome, Result, read_result, write_result

FOLDER = "baselines"


def accept_baseline(result: Result, results: Path) -> Path:
    """Store `result` below the folder `results` as the baseline of its host and workload; return its file.

    Raises ResultError unless it passed.
    """
    if result.outcome is not Outcome.PASS or result.interrupted:
        how = "interrupted" if result.interrupted else result.outcome or "not judged"
        raise ResultError(f"{result.id} is {how}; only a run that passed may become the baseline.")
    path = find_baseline(result, results)
    path.parent.mkdir(parents=True, exist_ok=True)
    # By renaming, so that an interruption leaves the old one.
    draft = path.with_suffix(".new")
    write_result(result, draft)
    draft.replace(path)
    return path


def read_baseline(result: Result, results: Path) -> Result:
    """Return the baseline that `result` is measured by; raises ResultError when there is none."""
    path = find_baseline(result, results)
    if not path.exists():
        raise ResultError(
            f"{path} does not exist: there is no baseline for {result.workload} on this class of host yet. "
            "Make one from a good run with --accept."
        )
    return read_result(path)


def find_baseline(result: Result, results: Path) -> Path:
    """Return where the baseline of a result's host and workload is kept."""
    host = [str(result.fingerprint.get(key, "unknown")) for key in ("processor", "cores")]
    words = re.sub(r"[^a-z0-9]+", "-", f"{'-'.join(host)}-cores-{result.workload}".lower())
    return results / FOLDER / f"{words.strip('-')}.json"
