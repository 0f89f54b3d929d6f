"""A comparison in lines of text."""

from collections.abc import Iterator

from loadtests.comparison import Change, Comparison, KindChanges, Side, Verdict
from loadtests.remarks import TIMES, tell

HEADS = ("", "base", "new", "change", "counts from", "verdict")


def format_comparison(comparison: Comparison) -> Iterator[str]:
    """Yield who was compared, the table, and what is to be said of it."""
    yield f"base  {describe(comparison.base)}"
    yield f"new   {describe(comparison.new)}"
    yield ""
    yield from format_table([comparison.total, *comparison.kinds])
    yield ""
    yield from comparison.remarks
    yield f"{comparison.outcome}"


def describe(side: Side) -> str:
    more = f" and {len(side.ids) - 1} more" if len(side.ids) > 1 else ""
    return f"{side.ids[0]}{more}, version {side.version}, {side.host}"


def format_table(kinds: list[KindChanges]) -> list[str]:
    """Return a table; a kind's rate and errors are shown only when they changed, all others always."""
    rows: list[tuple[str, ...]] = [HEADS]
    for number, each in enumerate(kinds):
        rows.append((f"{each.kind} ({each.base_requests:,} and {each.new_requests:,})",))
        for change in each.changes:
            if number == 0 or change.measure in TIMES or change.verdict is Verdict.REGRESSION:
                rows.append(format_change(change))
    full = [row for row in rows if len(row) > 1]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    return [row[0] if len(row) == 1 else align(row, widths) for row in rows]


def align(row: tuple[str, ...], widths: list[int]) -> str:
    cells = [row[0].ljust(widths[0]), *map(str.rjust, row[1:-1], widths[1:-1]), row[-1]]
    return "  ".join(cells).rstrip()


def format_change(change: Change) -> tuple[str, ...]:
    def share(value: float | None) -> str:
        """Return a difference as a share of the base's figure, or itself where that is 0."""
        if value is None:
            return "-"
        return f"{value / change.base:+.1%}" if change.base else tell(value, change.unit)

    base, new = ("-" if each is None else tell(each, change.unit) for each in (change.base, change.new))
    limit = share(change.limit).replace("+", "±")
    return (f"  {change.measure}", base, new, share(change.change), limit, change.verdict)
