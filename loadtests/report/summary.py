"""A summary in Markdown, for the comment of a pull request."""

import re
from collections.abc import Iterable, Sequence

from loadtests.capacity import Capacity
from loadtests.comparison import Comparison, Verdict
from loadtests.objectives import Objectives
from loadtests.report.differences import Cell, list_differences
from loadtests.report.figures import (
    tell_count,
    tell_moment,
    tell_number,
    tell_span,
    tell_time,
    tell_time_mark,
)
from loadtests.report.table import Row, Time, group_phases
from loadtests.report.words import Reading, read_run, read_search
from loadtests.result import Outcome, Result

SIGNS = {"good": "✅", "bad": "❌", "doubt": "⚠️"}
REASONS_MAX = 10
RUN_HEAD = ("kind", "requests", "a second", "wrong", "p50", "p95", "p99")
TRIAL_HEAD = ("trial", "phase", "offered", "answered", "p50", "p95", "p99", "outcome")


def summarise_run(result: Result, objectives: Objectives, comparison: Comparison | None = None) -> str:
    """Return the summary of a run."""
    reading = read_run(result, comparison)
    parts = [f"## {SIGNS[reading.tone]} {reading.headline}: {quote(result.workload)}", *list_reasons(reading)]
    for group in group_phases(result, objectives):
        if group.measured and group.rows:
            parts += [f"**{quote(group.name)}**", tabulate(RUN_HEAD, map(list_figures, group.rows))]
    if comparison:
        parts += compare(comparison)
    seconds = sum(phase.seconds for phase in result.phases)
    return join(parts, result.host, result.version, result.started, seconds)


def summarise_capacity(capacity: Capacity) -> str:
    """Return the summary of a search for the capacity."""
    reading = read_search(capacity)
    rows = (
        [
            str(trial.number),
            trial.phase,
            tell_number(trial.rate),
            tell_number(trial.achieved),
            *(tell_time(time) for time in (trial.p50, trial.p95, trial.p99)),
            f"**{trial.outcome}**" if trial.outcome is not Outcome.PASS else trial.outcome.value,
        ]
        for trial in capacity.trials
    )
    title = f"## {SIGNS[reading.tone]} Capacity: {reading.headline}"
    asked = (("workload", capacity.workload), ("mix", capacity.mix), ("objectives", capacity.objectives_name))
    what = ", ".join(f"{name} {quote(value)}" for name, value in asked)
    parts = [title, what, *list_reasons(reading), tabulate(TRIAL_HEAD, rows)]
    return join(parts, capacity.host, capacity.version, capacity.started, capacity.seconds)


def join(parts: list[str], host: str, version: str, started: str, seconds: float) -> str:
    """Return these paragraphs and one that says where and when."""
    place = f"{quote(host)}, version {quote(version)}, {escape(tell_moment(started))}, {tell_span(seconds)}"
    return "\n\n".join([*parts, place]) + "\n"


def list_reasons(reading: Reading) -> list[str]:
    """Return paragraphs that say what the verdict means and rests on."""
    parts = ["**Partial: it did not run to its end.**"] if reading.partial else []
    parts.append(escape(reading.meaning))
    lines = [f"- {escape(reason)}" for reason in reading.reasons[:REASONS_MAX]]
    left = len(reading.reasons) - REASONS_MAX
    lines += [f"- and {left} more"] if left > 0 else []
    lines += [f"- {line}" for line in reading.advice]
    return [*parts, "\n".join(lines)] if lines else parts


def list_figures(row: Row) -> list[str]:
    return [
        quote(row.kind),
        tell_count(row.requests),
        tell_number(row.per_second),
        tell_count(row.wrong),
        *(tell_limited(time) for time in row.times),
    ]


def tell_limited(time: Time) -> str:
    """Return a time and what was asked of it; bold when it was missed."""
    told = tell_time(time.value) if time.held else f"**{tell_time(time.value)}**"
    return f"{told} of {tell_time_mark(time.limit)}" if time.limit else told


def compare(comparison: Comparison) -> list[str]:
    """Return a table of what changed since the base."""
    measures = [change.measure.value for change in comparison.total.changes]
    rows = ([quote(row.kind), *map(tell_difference, row.cells)] for row in list_differences(comparison))
    title = f"**{comparison.outcome}** against {quote(comparison.base.version)}"
    return [title, tabulate(("change", *measures), rows)]


def tell_difference(cell: Cell) -> str:
    return f"**{cell.change}**" if cell.verdict == Verdict.REGRESSION else cell.note or cell.change


def tabulate(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its first column stands left, the others right."""
    rule = [":--", *("--:" for _ in head[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def quote(text: str) -> str:
    """Return a text of unknown content as code, in which nothing is read as markup or calls somebody."""
    line = " ".join(text.split()).replace("|", "\\|") or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def escape(text: str) -> str:
    """Return a sentence in which nothing is read as markup, calls somebody or names an issue."""
    marked = re.sub(r"([\\`*_{}\[\]<>|~])", r"\\\1", " ".join(text.split()))
    return re.sub(r"([@#])", r"\1<!-- -->", marked)
