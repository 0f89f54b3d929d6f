"""Runs that nobody made: a queue before eight threads is played through, so that they look like real ones."""

import heapq
import math
import random
from collections.abc import Sequence

from loadtests.capacity import Capacity, Ending, Trial
from loadtests.comparison import Change, Comparison, KindChanges, Measure, Side, Verdict
from loadtests.histogram import Histogram
from loadtests.objectives import Objective, Objectives
from loadtests.result import Account, Cell, Fitness, Observation, Outcome, Phase, Result, Window
from loadtests.verdict import judge

OBJECTIVES = Objectives(
    every=Objective(p95=250, p99=1000, error_ratio=0),
    kinds={"redirect": Objective(p95=50, p99=250, error_ratio=0)},
)
KINDS = {"redirect": (0.82, 0.0025), "page": (0.12, 0.012), "API create": (0.06, 0.02)}
"""The share of each kind, and the median of the time that it keeps a thread, in seconds."""
STEADY = (("warm-up", 6.0, 20.0, 150.0, False), ("steady", 30.0, 150.0, 150.0, True))
STRESS = (
    ("warm-up", 5.0, 100.0, 100.0, False),
    ("200 a second", 10.0, 200.0, 200.0, True),
    ("800 a second", 10.0, 800.0, 800.0, True),
    ("2,400 a second", 10.0, 2400.0, 2400.0, True),
    ("after", 15.0, 200.0, 200.0, True),
)
FINGERPRINT: dict[str, str | int | float] = {
    "processor": "Intel(R) Xeon(R) Processor @ 2.60GHz",
    "cores": 2,
    "kernel": "6.1.0-26-amd64",
    "python": "3.11.2",
    "locust": "2.47.0",
    "generators": 1,
    "workload": "5f3c0a91d2",
    "scenarios": "93be77c410",
    "runtime": "native",
    "slots": 2,
    "database": "11.8.3-MariaDB",
}


def make_run(
    plan: Sequence[tuple[str, float, float, float, bool]] = STEADY,
    *,
    seed: int = 1,
    people: int = 100,
    slower: float = 1.0,
    freeze: tuple[float, float] | None = None,
    generators: int = 1,
) -> Result:
    """Return a judged run of this plan; `slower` stretches work, `freeze` stops the target for a while."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    phases = lay_out(plan)
    result = Result(
        id=f"20261121T120000Z-sample-{seed}",
        started="2026-11-21T12:00:00Z",
        host="http://127.0.0.1:8080",
        version="0.1.0",
        workload="sample",
        fingerprint=FINGERPRINT | {"generators": generators},
        phases=phases,
        window_seconds=1.0,
        windows=[
            Window(phase=number, start=phase.start + second, seconds=1.0)
            for number, phase in enumerate(phases)
            for second in range(round(phase.seconds))
        ],
        canary=[chance.uniform(0.0101, 0.0104) for _ in range(3)],
        ceiling=6120.0,
        accounts=[Account(summary="each answer was counted, and nothing else was")],
    )
    play(result, chance, people, slower, freeze)
    watch(result, chance, generators)
    judge(result, OBJECTIVES)
    return result


def lay_out(plan: Sequence[tuple[str, float, float, float, bool]]) -> list[Phase]:
    phases, start = [], 0.0
    for name, seconds, from_rate, rate, measured in plan:
        phases.append(
            Phase(name=name, start=start, seconds=seconds, from_rate=from_rate, rate=rate, measured=measured)
        )
        start += seconds
    return phases


def arrive(phases: Sequence[Phase], chance: random.Random) -> list[float]:
    """Return the moments at which arrivals of these phases are due."""
    moments = []
    for phase in phases:
        now = phase.start
        while True:
            rate = phase.from_rate + (phase.rate - phase.from_rate) * (now - phase.start) / phase.seconds
            now += chance.expovariate(rate)
            if now >= phase.start + phase.seconds:
                break
            moments.append(now)
    return moments


def play(
    result: Result, chance: random.Random, people: int, slower: float, freeze: tuple[float, float] | None
) -> None:
    """Let arrivals queue for the threads; fill windows and cells."""
    threads = [0.0] * 8
    out: list[float] = []
    spans: list[tuple[float, float]] = []
    cells: dict[tuple[int, str], Cell] = {}
    for due in arrive(result.phases, chance):
        kind = chance.choices(list(KINDS), [share for share, _ in KINDS.values()])[0]
        window = min(int(due), len(result.windows) - 1)
        result.windows[window].due += 1
        sent = due + chance.expovariate(1 / 0.0004)
        if len(out) >= people:
            sent = max(sent, heapq.heappop(out))
        if sent > due + 10:
            heapq.heappush(out, sent)
            continue
        begun = max(sent, heapq.heappop(threads))
        if freeze and freeze[0] <= begun < freeze[1]:
            begun = freeze[1]
        done = begun + slower * KINDS[kind][1] * chance.lognormvariate(0, 0.35) + 0.0006
        heapq.heappush(threads, done)
        heapq.heappush(out, done)
        spans.append((sent, done))
        cell = cells.setdefault((window, kind), Cell(window=window, kind=kind))
        cell.corrected.record(done - due)
        cell.raw.record(done - sent)
        result.windows[window].sent += 1
    result.cells = list(cells.values())
    count_answers(result, spans)


def count_answers(result: Result, spans: Sequence[tuple[float, float]]) -> None:
    """Fill `answered` and `in_flight` of the windows, given when requests went out and were answered."""
    flying, second = 0, 0
    for time, step in sorted([(sent, 1) for sent, _ in spans] + [(done, -1) for _, done in spans]):
        for passed in result.windows[second + 1 : int(time) + 1]:
            passed.in_flight = flying
        second, flying = int(time), flying + step
        if second < len(result.windows):
            window = result.windows[second]
            window.in_flight = max(window.in_flight, flying)
            window.answered += step < 0


def watch(result: Result, chance: random.Random, generators: int) -> None:
    """Fill in how the generators and the target's side were."""
    for number, window in enumerate(result.windows):
        load = window.sent / 2500
        for index in range(generators):
            result.fitness.append(
                Fitness(
                    generator="local" if generators == 1 else f"worker-{index + 1}",
                    time=window.start + 0.5,
                    cpu=min(0.98, 0.06 + 0.8 * load / generators + chance.gauss(0, 0.01)),
                    lag=Histogram.of(chance.lognormvariate(math.log(0.0008), 0.7) for _ in range(45)),
                    throttled=0.0,
                    steal=max(0.0, chance.gauss(0.004, 0.004)),
                    ports=0.01 + 0.02 * load,
                )
            )
        result.observations.append(
            Observation(
                time=window.start + 0.4,
                cpu={
                    "web-a": min(0.8, 0.9 * load + chance.uniform(0, 0.03)),
                    "web-b": min(0.8, 0.9 * load + chance.uniform(0, 0.03)),
                    "mariadbd": 0.3 * load + chance.uniform(0, 0.05),
                    "nginx": 0.25 * load + chance.uniform(0, 0.02),
                    "worker": 0.01 + chance.uniform(0, 0.05),
                },
                connections=5 + min(16, round(20 * load)),
                slots={"web-a": True, "web-b": not 14 <= number < 17},
            )
        )


def make_hostile(text: str) -> Result:
    """Return a run whose every text that somebody else chooses contains `text`."""
    result = make_run((("warm-up", 2.0, 50.0, 50.0, False), ("steady", 4.0, 100.0, 100.0, True)))
    result.host = result.version = result.workload = result.id = text
    result.fingerprint = {text: text, "cores": 2}
    for cell in result.cells:
        cell.kind = f"{cell.kind} {text}"
    for phase in result.phases:
        phase.name = f"{phase.name} {text}"
    for fitness in result.fitness:
        fitness.generator = text
    for observation in result.observations:
        observation.cpu = {text: 0.5}
        observation.slots = {text: True}
    result.wrong = [f"3 x page: {text}"]
    result.problems = [text]
    result.accounts = [Account(summary=text, faults=[text])]
    judge(result, OBJECTIVES)
    return result


def make_empty() -> Result:
    """Return a run that was over before it began."""
    result = Result(
        id="empty",
        started="2026-11-21T12:00:00Z",
        host="http://127.0.0.1:8080",
        version="0.1.0",
        workload="sample",
        fingerprint={},
        phases=lay_out(STEADY),
        window_seconds=1.0,
        interrupted=True,
    )
    judge(result, OBJECTIVES)
    return result


def make_capacity(ending: Ending = Ending.FOUND, limit: float = 630.0) -> Capacity:
    """Return a search that found one `limit`, with a failed and an unmeasurable trial in it."""
    rates = (100.0, 200.0, 400.0, 800.0, 565.0, 672.0, limit, limit, limit, 660.0, 567.0)
    phases = ("doubling",) * 4 + ("bisection",) * 3 + ("confirmation",) * 2 + ("probe", "hold")
    trials = [
        make_trial(number, phase, rate, limit)
        for number, (phase, rate) in enumerate(zip(phases, rates, strict=True), 1)
    ]
    trials[5].outcome = Outcome.INVALID
    trials[5].reasons = ["local: lateness of its clock (p99) 62 ms, ≤ 10 ms"]
    known = ending in (Ending.FOUND, Ending.AT_LEAST)
    return Capacity(
        id="20261121T120000Z-capacity-own",
        started="2026-11-21T12:00:00Z",
        seconds=185.0,
        host="http://127.0.0.1:8080",
        version="0.1.0",
        workload="baseline",
        mix="own",
        objectives_name="service",
        objectives=OBJECTIVES,
        fingerprint=FINGERPRINT,
        ceiling=6120.0,
        precision=0.05,
        trials=trials,
        canary=[0.0101, 0.0103, 0.0102],
        drift=0.0198,
        ending=ending,
        value=limit if known else None,
        low=None if ending is Ending.NONE else limit,
        high=660.0,
        limiting="p95 of redirect",
        conclusion="It ended as it was told to.",
    )


def make_trial(number: int, phase: str, rate: float, limit: float) -> Trial:
    """Return a trial whose times rise as those of a queue do, and which fails above `limit`."""
    used = min(rate / (limit * 1.1), 0.995)
    p50 = 0.004 / (1 - used)
    failed = rate > limit
    return Trial(
        number=number,
        phase=phase,
        rate=rate,
        achieved=min(rate, limit * 1.05),
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        p50=p50,
        p95=p50 * 3,
        p99=p50 * 5,
        in_flight=rate * p50,
        seconds=6.0,
        started="2026-11-21T12:00:00Z",
        reasons=["redirect: p95 above 50 ms"] if failed else [],
        result=f"trials/{number:02}/result.json",
    )


def make_comparison(*, worse: bool = True) -> Comparison:
    """Return a comparison in which the p95 of a redirect rose by a third, or nothing did."""
    base, new = make_run(seed=3), make_run(seed=4)
    kinds = [compare_kind(base, new, kind, worse=worse and kind == "redirect") for kind in base.kinds()]
    return Comparison(
        workload="sample",
        fingerprint=FINGERPRINT,
        base=Side(ids=[base.id], started=base.started, host=base.host, version="v1.2.0"),
        new=Side(ids=[new.id], started=new.started, host=new.host, version="v1.3.0"),
        total=compare_kind(base, new, None, worse=False),
        kinds=kinds,
        outcome=Outcome.REGRESSION if worse else Outcome.PASS,
        remarks=["redirect: p95 regression"] if worse else [],
    )


def compare_kind(base: Result, new: Result, kind: str | None, *, worse: bool) -> KindChanges:
    old_times, new_times = (run.corrected(run.windows_of(), kind) for run in (base, new))
    old = old_times.percentile(0.95) or 0.0
    changes = [
        Change(
            measure=Measure.P95,
            unit="s",
            base=old,
            new=old * (1.333 if worse else 1.0),
            verdict=Verdict.REGRESSION if worse else Verdict.UNCHANGED,
        ),
        Change(measure=Measure.P99, unit="s", base=0.03, new=None, verdict=Verdict.TOO_FEW),
        Change(measure=Measure.ERRORS, unit="share", base=0.0, new=0.002, verdict=Verdict.UNCHANGED),
    ]
    return KindChanges(
        kind=kind or "all requests",
        base_requests=old_times.total,
        new_requests=new_times.total,
        base_times=old_times,
        new_times=new_times,
        changes=changes,
    )
