"""The verdict on a run: was it right, could it be measured, was it good enough?

A wrong answer is wrong however the machine was, so it fails the run in any case. A time, however, says
something of the target only if the generator could keep its own: if not, the run is INVALID, which is
neither a pass nor a failure, and has to be made again.
"""

from collections.abc import Iterator

from loadtests.histogram import Histogram, merged
from loadtests.objectives import Objective, Objectives
from loadtests.result import Finding, Fitness, Outcome, Result

LAG_SHARE = 0.2
"""The generator may oversleep this share of the tightest objective."""
LAG_FLOOR = 0.010
THROTTLED_MAX = 0.01
STEAL_MAX = 0.03
PORTS_MAX = 0.9
CEILING_SHARE = 0.6
"""Of what `calibrate` found, and of a core, a run uses at most this much: latency in the generator rises long
before its processor is full."""
LATENESS = "lateness of its clock (p99)"
TOO_FEW = {0.95: 20, 0.99: 100}
"""A percentile of fewer requests than this is one request's time."""


def judge(result: Result, objectives: Objectives) -> None:
    """Write into `result` what was found about it and the outcome."""
    result.findings = [
        *judge_correctness(result, objectives),
        *judge_validity(result, objectives),
        *judge_objectives(result, objectives),
    ]
    missed = {finding.topic for finding in result.findings if not finding.held}
    if "correctness" in missed:
        result.outcome = Outcome.FAIL
    elif "validity" in missed:
        result.outcome = Outcome.INVALID
    else:
        result.outcome = Outcome.FAIL if missed else Outcome.PASS


def judge_correctness(result: Result, objectives: Objectives) -> Iterator[Finding]:
    """Find whether the answers were right and the accounts agree, over the whole load."""
    asked = sum(cell.requests for cell in result.cells)
    yield Finding(
        topic="correctness", about="run", what="requests", limit="≥ 1", found=f"{asked:,}", held=asked > 0
    )
    for kind in result.kinds():
        limit = objectives.of(kind).error_ratio
        if limit is not None:
            requests = sum(cell.requests for cell in result.cells if cell.kind == kind)
            wrong = sum(cell.wrong for cell in result.cells if cell.kind == kind)
            yield Finding(
                topic="correctness",
                about=kind,
                what="wrong answers",
                limit=f"≤ {limit:.4%}" if limit else "none",
                found=f"{wrong:,} of {requests:,}",
                held=wrong <= limit * requests,
            )
    for account in result.accounts:
        yield Finding(
            topic="correctness",
            about="accounts",
            what=account.summary,
            limit="no difference",
            found="; ".join(account.faults[:3]) or "none",
            held=not account.faults,
        )


def judge_validity(result: Result, objectives: Objectives) -> Iterator[Finding]:
    """Find whether generators and host were fit for what was measured."""
    during = pick_measured(result)
    allowed = find_allowed_lag(objectives)
    for name in sorted({each.generator for each in during}):
        yield from judge_generator(name, [each for each in during if each.generator == name], allowed)
    if result.canary:
        drift = max(result.canary) / min(result.canary) - 1
        yield validity("host", "drift of a fixed piece of work", objectives.canary_drift, drift, "share")
    if result.ceiling:
        peak = max(max(phase.rate, phase.from_rate) for phase in result.phases)
        yield validity(
            "generators", "share of the ceiling in use", CEILING_SHARE, peak / result.ceiling, "share"
        )
    if result.interrupted:
        yield Finding(
            topic="validity", about="run", what="interruption", limit="none", found="interrupted", held=False
        )
    yield Finding(
        topic="validity",
        about="generators",
        what="mishaps",
        limit="none",
        found="; ".join(result.problems) or "none",
        held=not result.problems,
    )


def find_allowed_lag(objectives: Objectives) -> float:
    """Return how many seconds a generator's clock may be late (p99) under these objectives."""
    return max(LAG_FLOOR, LAG_SHARE * min(objectives.tightest(), 10.0))


def pick_measured(result: Result) -> list[Fitness]:
    """Return the samples of the generators' fitness from the measured phases."""
    measured = [phase for phase in result.phases if phase.measured]
    return [
        each
        for each in result.fitness
        if any(phase.start <= each.time < phase.start + phase.seconds for phase in measured)
    ]


def find_lag(samples: list[Fitness]) -> float:
    """Return by how much the clock of one generator was late (p99), in seconds."""
    return merged(each.lag for each in samples).percentile(0.99) or 0.0


def judge_generator(name: str, samples: list[Fitness], allowed: float) -> Iterator[Finding]:
    """Judge one generator by its samples; its clock may be late by `allowed` seconds."""
    yield validity(name, LATENESS, allowed, find_lag(samples), "time")
    for what, limit, values in (
        ("share of a core that it used", CEILING_SHARE, [each.cpu for each in samples]),
        ("periods throttled by a CPU quota", THROTTLED_MAX, [each.throttled for each in samples]),
        ("time stolen by other machines", STEAL_MAX, [each.steal for each in samples]),
    ):
        yield validity(name, what, limit, sum(values) / len(values), "share")
    yield validity(name, "local ports in use", PORTS_MAX, max(each.ports for each in samples), "share")


def validity(about: str, what: str, limit: float, found: float, unit: str) -> Finding:
    """Return a finding that holds if `found` is at most `limit`, both a "time" in seconds or a "share"."""

    def tell(value: float) -> str:
        return tell_time(value) if unit == "time" else f"{value:.1%}"

    return Finding(
        topic="validity",
        about=about,
        what=what,
        limit=f"≤ {tell(limit)}",
        found=tell(found),
        held=found <= limit,
    )


def judge_objectives(result: Result, objectives: Objectives) -> Iterator[Finding]:
    """Find, for each measured phase, whether it was good enough."""
    for number, phase in enumerate(result.phases):
        if not phase.measured:
            continue
        windows = result.windows_of([number])
        due = sum(result.windows[window].due for window in windows)
        sent = sum(result.windows[window].sent for window in windows)
        if due:
            yield Finding(
                topic="objective",
                about="arrivals",
                what="sent of those that were due",
                limit=f"≥ {objectives.sent_ratio:.1%}",
                found=f"{sent / due:.1%}",
                held=sent >= objectives.sent_ratio * due,
                phase=phase.name,
            )
        for kind in result.kinds():
            times = result.corrected(windows, kind)
            if times.counts:
                yield from judge_times(kind, phase.name, times, objectives.of(kind))


def judge_times(kind: str, phase: str, times: Histogram, objective: Objective) -> Iterator[Finding]:
    for name, share, limit in (("p95", 0.95, objective.p95), ("p99", 0.99, objective.p99)):
        value = times.percentile(share)
        if limit is None or value is None:
            continue
        too_few = times.total < TOO_FEW[share]
        yield Finding(
            topic="objective",
            about=kind,
            what=name,
            limit=f"≤ {limit:g} ms",
            found=f"{times.total} requests: too few" if too_few else tell_time(value),
            held=too_few or value * 1000 <= limit,
            phase=phase,
        )


def tell_time(seconds: float) -> str:
    """Return a time in milliseconds, with three digits that mean something."""
    milliseconds = seconds * 1000
    return f"{milliseconds:,.0f} ms" if milliseconds >= 100 else f"{milliseconds:.3g} ms"
