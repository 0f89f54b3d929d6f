"""What a comparison found, in words."""

from collections.abc import Iterator, Sequence

from loadtests.comparison import Change, KindChanges, Measure, Unit, Verdict

TIMES = {Measure.P50, Measure.P95, Measure.P99}


def list_remarks(kinds: Sequence[KindChanges]) -> Iterator[str]:
    """Yield a line for each figure that changed, then one for each kind of which something is not known."""
    for each in kinds:
        for change in each.changes:
            if change.verdict in {Verdict.REGRESSION, Verdict.IMPROVEMENT}:
                yield f"{each.kind}, {change.measure}: {change.verdict}, {tell_change(change)}"
    for verdict in (Verdict.TOO_FEW, Verdict.TOO_NOISY):
        for each in kinds:
            if unknown := [change.measure for change in each.changes if change.verdict is verdict]:
                requests = min(each.base_requests, each.new_requests)
                yield f"{each.kind}, {', '.join(unknown)}: {verdict} to tell ({requests:,} requests)"


def tell_change(change: Change) -> str:
    """Return a change in words: from what to what, and by which share."""
    base, new = change.base or 0.0, change.new or 0.0
    ratio = f" ({new / base - 1:+.0%})" if base else ""
    return f"{tell(base, change.unit)} → {tell(new, change.unit)}{ratio}"


def tell(value: float, unit: Unit) -> str:
    """Return a figure for people."""
    if unit == "s":
        return f"{value * 1000:,.{0 if value >= 0.1 else 1 if value >= 0.01 else 2}f} ms"
    return f"{value:,.1f}/s" if unit == "1/s" else f"{value:.2%}"
