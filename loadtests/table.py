"""A result in lines of text."""

from collections.abc import Iterator

from loadtests.histogram import Histogram
from loadtests.result import Result

HEADS = ("kind", "requests", "per s", "wrong", "p50", "p95", "p99", "p99 raw")
WRONG_MAX = 10


def format_result(result: Result) -> Iterator[str]:
    """Yield a table of each measured phase, then what was wrong, the accounts and the verdict."""
    for number, phase in enumerate(result.phases):
        if phase.measured:
            yield ""
            yield f"{phase.name}: {describe_arrivals(result, number)}"
            yield from format_table(result, number)
    yield ""
    yield from format_wrong(result)
    for account in result.accounts:
        yield account.summary
        yield from (f"  {fault}" for fault in account.faults[:WRONG_MAX])
    yield from (f"Problem: {problem}" for problem in result.problems)
    yield from format_verdict(result)


def describe_arrivals(result: Result, phase: int) -> str:
    """Return one phrase about what was due in a phase and what became of it."""
    windows = [result.windows[number] for number in result.windows_of([phase])]
    due, sent = sum(window.due for window in windows), sum(window.sent for window in windows)
    seconds = sum(window.seconds for window in windows) or 1.0
    return f"{due / seconds:,.1f} arrivals/s due, {sent / seconds:,.1f}/s sent, {due - sent:,} missed"


def format_table(result: Result, phase: int) -> list[str]:
    """Return the lines of a table of one phase; times are in ms, from the intended moment on."""
    windows = result.windows_of([phase])
    seconds = sum(result.windows[number].seconds for number in windows) or 1.0
    rows: list[tuple[str, ...]] = [HEADS]
    for kind in result.kinds():
        times, raw = result.corrected(windows, kind), result.raw(windows, kind)
        wrong = sum(cell.wrong for cell in result.cells_of(windows, kind))
        if times.total:
            figures = (f"{times.total:,}", f"{times.total / seconds:,.1f}", f"{wrong:,}")
            rows.append((kind, *figures, *(tell(times, s) for s in (0.5, 0.95, 0.99)), tell(raw, 0.99)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]


def tell(times: Histogram, share: float) -> str:
    """Return a percentile in ms, three digits of it."""
    value = (times.percentile(share) or 0.0) * 1000
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def format_wrong(result: Result) -> Iterator[str]:
    yield "Wrong answers:" if result.wrong else "Wrong answers: none"
    yield from (f"  {line}" for line in result.wrong[:WRONG_MAX])
    if len(result.wrong) > WRONG_MAX:
        yield f"  and {len(result.wrong) - WRONG_MAX} more"


def format_verdict(result: Result) -> Iterator[str]:
    yield f"{result.outcome or 'not judged'}{' (interrupted)' if result.interrupted else ''}"
    for finding in result.findings:
        if not finding.held:
            where = f" in {finding.phase}" if finding.phase else ""
            yield f"  {finding.about}: {finding.what}{where}: {finding.found}, asked for {finding.limit}"
