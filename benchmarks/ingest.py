"""How fast the ingester counts: a ledger of a million lines, one process, everything else stopped."""

import re
import time
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from benchmarks.errors import BenchmarkError
from benchmarks.ledger import LINES, write_ledger
from benchmarks.stack import Stack

LINKS = 1000
STARTS = 3


def measure_ingest(stack: Stack) -> dict[str, float]:
    """Time `flask clicks ingest` on the ledger; return its seconds, and those of its start-up.

    `seconds` are by the clock, the database's work included, less `start_up`: the time of the same
    command with nothing to count (median of three). `cpu_seconds` are the ingester's own, less the
    same. The sums must equal the lines. The stack's worker and Nginx are stopped and stay so.
    Raises BenchmarkError.
    """
    stack.stop("application:worker", "nginx")
    slugs = import_links(stack)
    count_rest(stack)
    before = count_clicks(stack)
    starts = [time_ingest(stack, 0) for _ in range(STARTS)]
    start_up, start_cpu = (median(each) for each in zip(*starts, strict=True))

    # The name of a rotated file: the stack's own ledger stays what it is.
    path = stack.ledger_directory / "ledger.log.20251009T090000.0Z"
    clicks = write_ledger(path, slugs)
    seconds, cpu = time_ingest(stack, LINES)
    if (counted := count_clicks(stack) - before) != clicks:
        raise BenchmarkError(f"the ledger holds {clicks} clicks, and {counted} were counted")
    return {
        "lines": LINES,
        "seconds": seconds - start_up,
        "cpu_seconds": cpu - start_cpu,
        "start_up": start_up,
    }


def import_links(stack: Stack) -> list[str]:
    """Make the links that the ledger is about; return their slugs."""
    slugs = [f"ledger-{number}" for number in range(LINKS)]
    path = stack.home / "links.csv"
    rows = [f"https://example.org/{slug},{slug}" for slug in slugs]
    path.write_text("Long URL,Short code\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    stack.flask("links", "import", str(path))
    return slugs


def count_rest(stack: Stack) -> None:
    """Count what the ledger still holds from before."""
    stack.flask("clicks", "ingest")


def time_ingest(stack: Stack, lines: int) -> tuple[float, float]:
    """Return the command's seconds, by the clock and of the processor.

    Raises BenchmarkError unless it read `lines` lines.
    """
    started, cpu = time.perf_counter(), children_cpu()
    output = stack.flask("clicks", "ingest")
    seconds, cpu = time.perf_counter() - started, children_cpu() - cpu
    if output.split()[0] != str(lines):
        raise BenchmarkError(f"expected `flask clicks ingest` to read {lines} lines: {output.strip()}")
    return seconds, cpu


def children_cpu() -> float:
    """Return the processor's seconds of all our children that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def count_clicks(stack: Stack) -> int:
    """Return all clicks that are stored; raise BenchmarkError when they are not those of the ledger."""
    output = stack.flask("clicks", "verify")
    if not (found := re.fullmatch(r"sums equal lines: (\d+) clicks\s*", output)):
        raise BenchmarkError(f"`flask clicks verify` says: {output.strip()}")
    return int(found[1])
