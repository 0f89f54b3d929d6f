"""The figures of each phase and kind of request, beside what was asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from loadtests.histogram import merged
from loadtests.objectives import Objective, Objectives
from loadtests.report.svg import element
from loadtests.result import Cell, Result

BAR = 56.0
"""Width of a bar that is filled as far as an objective is used up."""


NOTHING = Objectives(every=Objective())


@dataclass(frozen=True)
class Time:
    """A percentile, what was asked of it if something was, both in seconds, and how it was judged."""

    value: float | None
    limit: float | None = None
    held: bool = True

    @property
    def too_few(self) -> bool:
        """Whether it is above its limit and that was not held against it."""
        return self.held and self.limit is not None and (self.value or 0.0) > self.limit * 1.005

    @property
    def bar(self) -> Markup:
        """Draw how much of the limit is used."""
        used = min(1.0, (self.value or 0.0) / self.limit) if self.limit else 0.0
        return element(
            "svg",
            element("rect", class_="track", width=BAR, height=4, rx=2),
            element(
                "rect", class_="used" if self.held else "over", width=max(2.0, BAR * used), height=4, rx=2
            ),
            class_="bar",
            viewBox=f"0 0 {BAR:g} 4",
            aria_hidden="true",
        )


@dataclass(frozen=True)
class Row:
    """One kind of request in one phase, or all of them."""

    kind: str
    requests: int
    per_second: float
    wrong: int
    times: Sequence[Time]
    """p50, p95 and p99, from the intended moment on."""
    raw: float | None
    """The p99 from the moment of sending on."""


@dataclass(frozen=True)
class Group:
    """The rows of one phase."""

    name: str
    note: str
    measured: bool
    rows: Sequence[Row]


def group_phases(result: Result, objectives: Objectives) -> list[Group]:
    """Return a group for each phase and, when several are measured, first one for these together."""
    numbers = [number for number, phase in enumerate(result.phases) if phase.measured]
    groups = []
    if len(numbers) > 1:
        rows = list_rows(result, numbers, NOTHING)
        groups.append(Group("all measured phases", "together, not judged", True, rows))
    for number, phase in enumerate(result.phases):
        asked = objectives if phase.measured else NOTHING
        note = "" if phase.measured else "not judged"
        groups.append(Group(phase.name, note, phase.measured, list_rows(result, [number], asked)))
    return groups


def list_rows(result: Result, phases: Sequence[int], objectives: Objectives) -> list[Row]:
    """Return a row for each kind that there was in these phases and, when there are several, one for all."""
    windows = result.windows_of(phases)
    seconds = sum(result.windows[window].seconds for window in windows)
    missed = {
        (finding.about, finding.what)
        for finding in result.findings
        if not finding.held and finding.phase in {result.phases[phase].name for phase in phases}
    }
    rows = []
    for kind in result.kinds():
        cells = list(result.cells_of(windows, kind))
        if cells:
            row_missed = {what for about, what in missed if about == kind}
            rows.append(make_row(kind, cells, seconds, objectives.of(kind), row_missed))
    if len(rows) > 1:
        rows.append(make_row("all", list(result.cells_of(windows)), seconds, Objective(), set()))
    return rows


def make_row(
    kind: str, cells: Sequence[Cell], seconds: float, objective: Objective, missed: Collection[str]
) -> Row:
    corrected = merged(cell.corrected for cell in cells)
    raw = merged(cell.raw for cell in cells)
    asked = (("p50", 0.5, None), ("p95", 0.95, objective.p95), ("p99", 0.99, objective.p99))
    return Row(
        kind=kind,
        requests=raw.total,
        per_second=raw.total / seconds,
        wrong=sum(cell.wrong for cell in cells),
        times=[
            judge_time(corrected.percentile(share), limit, name in missed) for name, share, limit in asked
        ],
        raw=raw.percentile(0.99),
    )


def judge_time(value: float | None, limit: float | None, missed: bool) -> Time:
    """Return a time with its limit. Phases may share a name, so `missed` may be of another."""
    if value is None or limit is None:
        return Time(value)
    return Time(value, limit / 1000, not (missed and value * 1000 > limit))
