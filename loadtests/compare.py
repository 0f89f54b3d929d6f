"""Is the new run worse than the base? Figure by figure, and no louder than the noise allows.

A change counts only when it is larger than each of three limits: a share of the base's figure, a floor below
which nobody would notice, and what the noise of both runs explains (`noise.py`). Where noise or rarity would
hide even a large change, that is the verdict: what could not be seen has not passed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from loadtests.blocks import Cut, cut_runs
from loadtests.comparable import check_comparable
from loadtests.comparison import Change, Comparison, KindChanges, Measure, Side, Unit, Verdict
from loadtests.noise import (
    Estimate,
    estimate_error_ratio,
    estimate_percentile,
    estimate_rate,
    find_noise,
)
from loadtests.remarks import TIMES, list_remarks
from loadtests.result import Outcome, Result

ALL = "all requests"
ALARMS = 0.02
"""The chance that noise, as far as it can be known, makes a comparison of equals see any change."""
TOTAL_BLIND, KIND_BLIND = 0.5, 1.0
"""Noise that would hide a change by so much of the base's figure leaves nothing to say: half of it for all
requests together; a kind is rarer, and nothing is known of it when a doubling could hide."""
FEW = 20
"""With fewer requests beyond it, a percentile is a matter of single requests."""


@dataclass(frozen=True)
class Gate:
    """How a figure is found and judged.

    A change counts from `relative` of the base's figure on, and from `floor`, in the figure's unit. `sign` is
    1 where more is worse, else -1; `beyond` is the share of all requests that lie above the figure.
    """

    estimate: Estimate
    unit: Unit
    relative: float
    floor: float
    sign: int = 1
    beyond: float = 1.0


GATES = {
    Measure.P50: Gate(estimate_percentile(0.50), "s", 0.12, 0.001, beyond=0.50),
    Measure.P95: Gate(estimate_percentile(0.95), "s", 0.12, 0.002, beyond=0.05),
    Measure.P99: Gate(estimate_percentile(0.99), "s", 0.15, 0.005, beyond=0.01),
    Measure.ANSWERED: Gate(estimate_rate, "1/s", 0.05, 0.0, sign=-1),
    Measure.ERRORS: Gate(estimate_error_ratio, "share", 0.0, 0.001),
}

ESSENTIAL = {Measure.P50, Measure.P95}
"""What must be told of all requests together; of a single kind, one of its times must."""


def compare(base: Result, new: Result) -> Comparison:
    """Compare two runs; raises IncomparableError, with every reason, where that would mean nothing."""
    return compare_runs([base], [new])


def compare_runs(base: Sequence[Result], new: Sequence[Result]) -> Comparison:
    """Compare the runs of two sides, those of each side taken together; raises IncomparableError."""
    check_comparable(base, new)
    kinds = sorted({kind for run in (*base, *new) for kind in run.kinds()})
    # Many figures are looked at, and each is a chance to be wrong (Bonferroni's correction).
    alarm = ALARMS / (len(GATES) * (len(kinds) + 1))
    total = compare_kind(base, new, None, alarm)
    each = sorted((compare_kind(base, new, kind, alarm) for kind in kinds), key=lambda k: -k.base_requests)
    return Comparison(
        workload=base[0].workload,
        fingerprint=base[0].fingerprint,
        base=describe_side(base),
        new=describe_side(new),
        total=total,
        kinds=each,
        outcome=conclude(total, each),
        remarks=list(list_remarks([total, *each])),
    )


def describe_side(runs: Sequence[Result]) -> Side:
    first = runs[0]
    return Side(ids=[run.id for run in runs], started=first.started, host=first.host, version=first.version)


def compare_kind(
    base: Sequence[Result], new: Sequence[Result], kind: str | None, alarm: float
) -> KindChanges:
    """Compare one kind of request, or all; `alarm` is the chance of a false alarm that a figure may take."""
    base_cuts, new_cuts = cut_runs(base, kind), cut_runs(new, kind)
    base_all, new_all = base_cuts[0].whole, new_cuts[0].whole
    blind = KIND_BLIND if kind else TOTAL_BLIND
    return KindChanges(
        kind=kind or ALL,
        base_requests=base_all.times.total,
        new_requests=new_all.times.total,
        base_times=base_all.times,
        new_times=new_all.times,
        changes=[compare_figure(measure, base_cuts, new_cuts, alarm, blind) for measure in Measure],
    )


def compare_figure(
    measure: Measure, base_cuts: list[Cut], new_cuts: list[Cut], alarm: float, blind: float
) -> Change:
    """Compare one figure; noise beyond the share `blind` of the base's leaves nothing to say."""
    gate = GATES[measure]
    base, new = gate.estimate(base_cuts[0], 0), gate.estimate(new_cuts[0], 0)
    change = Change(measure=measure, unit=gate.unit, verdict=Verdict.TOO_FEW)
    change.base, change.new = (each.value if each else None for each in (base, new))
    if base is None or new is None:
        return change
    change.change = new.value - base.value
    noise = find_noise(base_cuts, new_cuts, gate.estimate, alarm)
    if math.isfinite(noise):
        change.noise, change.limit = noise, max(gate.relative * base.value, gate.floor, noise)
    if change.limit is not None and abs(change.change) > change.limit:
        worse = gate.sign * change.change > 0
        change.verdict = Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    # Of errors, each run's own verdict has said whether there were too many.
    elif measure is Measure.ERRORS or noise <= max(blind * base.value, gate.floor):
        change.verdict = Verdict.UNCHANGED
    elif gate.beyond * min(base.requests, new.requests) >= FEW:
        change.verdict = Verdict.TOO_NOISY
    return change


def conclude(total: KindChanges, kinds: Sequence[KindChanges]) -> Outcome:
    """Return REGRESSION if anything got worse, INVALID if too much could not be told, else PASS."""
    if any(change.verdict is Verdict.REGRESSION for each in (total, *kinds) for change in each.changes):
        return Outcome.REGRESSION
    told = [{change.measure for change in each.changes if change.verdict.told} for each in (total, *kinds)]
    return Outcome.PASS if told[0] >= ESSENTIAL and all(each & TIMES for each in told) else Outcome.INVALID
