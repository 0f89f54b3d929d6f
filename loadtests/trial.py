"""One trial of the search for the capacity: a warm-up, then some seconds at one rate, and its verdict."""

from collections.abc import Sequence
from itertools import accumulate

from loadtests.capacity import Trial
from loadtests.objectives import Objectives
from loadtests.result import Finding, Outcome, Result
from loadtests.search import Step
from loadtests.verdict import LATENESS, find_lag, judge, pick_measured
from loadtests.workload import PhasePlan, Workload

WARM_UP = 2.0
ACHIEVED_MIN = 0.98
GROWTH_MAX = 0.01
"""Of all arrivals; by so much the backlog of the last third may exceed that of the first."""
LATENESS_COUNTED = 5
"""A request waits for so many turns of its generator at most: to go out, and for pieces of its answer."""
SLACK = 10
"""Requests; so many more are out at the end than at the beginning by chance alone."""


def plan_trial(workload: Workload, rate: float, seconds: float, number: int) -> Workload:
    """Return `workload` with one measured phase, and arrivals unlike those of any trial before."""
    phases = (
        PhasePlan(name="warm-up", seconds=WARM_UP, rate=rate, measured=False),
        PhasePlan(name="trial", seconds=seconds, rate=rate),
    )
    return workload.model_copy(update={"phases": phases, "seed": workload.seed + number})


def judge_trial(result: Result, objectives: Objectives) -> None:
    """Judge a trial as a run, and whether the target kept up with the arrivals."""
    judge(result, narrow(objectives, result.kinds()))
    found = [judge_achieved(result), judge_backlog(result)]
    result.findings += found
    if result.outcome is Outcome.PASS and not all(finding.held for finding in found):
        result.outcome = Outcome.FAIL
    if result.outcome is Outcome.INVALID and is_overloaded(result, narrow(objectives, result.kinds())):
        result.outcome = Outcome.FAIL


def is_overloaded(result: Result, objectives: Objectives) -> bool:
    """Tell whether the target missed a time by more than a late generator explains.

    A target that shares the generator's cores makes it late when it is overloaded itself. Were that never
    a failure, such a target would have no limit.
    """
    unfit = {finding.what for finding in result.findings if finding.topic == "validity" and not finding.held}
    if unfit != {LATENESS}:
        return False
    windows, late = result.windows_of(), LATENESS_COUNTED * find_lateness(result)
    for kind in result.kinds():
        times, objective = result.corrected(windows, kind), objectives.of(kind)
        for share, limit in ((0.95, objective.p95), (0.99, objective.p99)):
            value = times.percentile(share)
            if limit is not None and value is not None and value - late > limit / 1000:
                return True
    return False


def find_cpu(result: Result) -> float:
    """Return the share of a core that the busiest generator used."""
    used: dict[str, list[float]] = {}
    for each in pick_measured(result):
        used.setdefault(each.generator, []).append(each.cpu)
    return max((sum(shares) / len(shares) for shares in used.values()), default=0.0)


def find_lateness(result: Result) -> float:
    """Return by how much the clock of the latest generator was late (p99), in seconds."""
    during = pick_measured(result)
    names = {each.generator for each in during}
    return max(find_lag([each for each in during if each.generator == name]) for name in names)


def narrow(objectives: Objectives, kinds: Sequence[str]) -> Objectives:
    """Return the objectives of these kinds alone: how punctual a generator must be depends on them."""
    own = {kind: objective for kind, objective in objectives.kinds.items() if kind in kinds}
    general = objectives.every if any(kind not in own for kind in kinds) else next(iter(own.values()))
    return objectives.model_copy(update={"kinds": own, "every": general})


def judge_achieved(result: Result) -> Finding:
    due = sum(result.windows[number].due for number in result.windows_of())
    served = sum(count_served(result))
    return Finding(
        topic="objective",
        about="arrivals",
        what="answered of those that were due",
        limit=f"≥ {ACHIEVED_MIN:.0%}",
        found=f"{served / due:.1%}" if due else "none was due",
        held=due - served <= max(SLACK, (1 - ACHIEVED_MIN) * due),
        phase="trial",
    )


def judge_backlog(result: Result) -> Finding:
    due = [result.windows[number].due for number in result.windows_of()]
    backlog = list(accumulate(came - served for came, served in zip(due, count_served(result), strict=True)))
    third = max(1, len(backlog) // 3)
    growth = (sum(backlog[-third:]) - sum(backlog[:third])) / third if backlog else 0.0
    return Finding(
        topic="objective",
        about="arrivals",
        what="growth of the backlog",
        limit=f"≤ {GROWTH_MAX:.0%} of the arrivals",
        found=f"{growth:+,.0f}",
        held=growth <= max(SLACK, GROWTH_MAX * sum(due)),
        phase="trial",
    )


def count_served(result: Result) -> list[float]:
    """Return how many arrivals, which may take several requests each, were served in each measured window."""
    windows = result.windows_of()
    sent = sum(result.windows[number].sent for number in windows)
    requests = sum(cell.requests for cell in result.cells_of(windows))
    share = sent / requests if requests else 0.0
    return [result.windows[number].answered * share for number in windows]


def describe_trial(result: Result, step: Step, number: int, path: str) -> Trial:
    """Return the record of a judged trial whose result stands in `path`."""
    windows = result.windows_of()
    times = result.corrected(windows)
    seconds = sum(result.windows[window].seconds for window in windows)
    missed = find_missed(result)
    return Trial(
        number=number,
        phase=step.purpose,
        rate=step.rate,
        achieved=sum(count_served(result)) / seconds if seconds else 0.0,
        outcome=result.outcome or Outcome.INVALID,
        p50=times.percentile(0.50),
        p95=times.percentile(0.95),
        p99=times.percentile(0.99),
        in_flight=sum(result.windows[window].in_flight for window in windows) / max(1, len(windows)),
        generator_cpu=find_cpu(result),
        seconds=seconds,
        started=result.started,
        missed=[f"{finding.what} of {finding.about}" for finding in missed],
        reasons=[
            f"{finding.what} of {finding.about}: {finding.found}, not {finding.limit}" for finding in missed
        ],
        result=path,
    )


def find_missed(result: Result) -> list[Finding]:
    """Return what decided: of a trial that could not be measured, only why not."""
    missed = [finding for finding in result.findings if not finding.held]
    if result.outcome is Outcome.INVALID:
        return [finding for finding in missed if finding.topic == "validity"]
    return [finding for finding in missed if finding.topic != "validity"]


def format_trial(trial: Trial) -> str:
    """Return the line of a trial for the terminal."""
    p95, p99 = ("-" if time is None else f"{time * 1000:,.1f}" for time in (trial.p95, trial.p99))
    return (
        f"{trial.number:3}  {trial.phase:12}  {trial.rate:8,.0f}/s  {trial.outcome:7}  "
        f"p95 {p95:>8} ms  p99 {p99:>8} ms  achieved {trial.achieved:8,.0f}/s  {'; '.join(trial.reasons)}"
    ).rstrip()
