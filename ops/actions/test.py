"""Run the tests, level by level."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ops import packages
from ops.actions.lint import check_code
from ops.commands import python
from ops.console import Console
from ops.errors import DemijohnError
from ops.paths import ROOT, Home
from ops.reports import Counts, read_counts, read_refusal
from ops.runner import Runner
from ops.runtimes.native import PROGRAMS_NEEDED


@dataclass(frozen=True)
class Level:
    """Some folders of tests, and the programs of the distribution that they need.

    A `parallel` level runs in several processes.
    """

    folders: Sequence[str]
    programs: Sequence[str] = ()
    parallel: bool = False


LEVELS: Mapping[str, Level] = {
    "unit": Level(
        ("tests/web", "tests/ops", "tests/certificates", "tests/loadtests", "tests/files"), ("openssl",)
    ),
    "simulation": Level(("tests/simulation",), parallel=True),
    "stack": Level(("tests/stack",), (*PROGRAMS_NEEDED, "curl", "openssl"), parallel=True),
    "docker": Level(("tests/docker",), ("openssl", "ssh"), parallel=True),
    "measuring": Level(("tests/measuring",), (*PROGRAMS_NEEDED, "wrk")),
    "browser": Level(("tests/browser",), (*PROGRAMS_NEEDED, "chromium"), parallel=True),
}


@dataclass
class Outcome:
    """How one level went; `why_not` says why it could not run."""

    name: str
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0
    why_not: str = ""

    def __str__(self) -> str:
        said = f"could not run: {self.why_not}" if self.why_not else str(self.counts)
        return f"{self.name:10} {said}  ({self.seconds:.0f} s)"


def run_tests(home: Home, runner: Runner, console: Console, words: Sequence[str]) -> bool:
    """Run the levels that `words` name, or hand files and options to pytest; return whether all is well.

    Without words: the checks of the code, then every level. With CI=true in the environment a level
    that cannot run counts as failed.
    """
    if any(word not in LEVELS for word in words):
        return runner.show(python.pytest(words)) == 0
    strict = runner.environ.get("CI", "").lower() == "true"
    outcomes = [] if words else [run_lint(runner)]
    outcomes += [run_level(name, home, runner, console) for name in words or LEVELS]
    return summarize(outcomes, console, strict=strict)


def run_lint(runner: Runner) -> Outcome:
    started = time.monotonic()
    counts = Counts(passed=1) if check_code(runner) else Counts(failed=1)
    return Outcome("lint", counts, time.monotonic() - started)


def run_level(name: str, home: Home, runner: Runner, console: Console) -> Outcome:
    level, outcome, started = LEVELS[name], Outcome(name), time.monotonic()
    folders = [folder for folder in level.folders if (ROOT / folder).is_dir()]
    report = home.var / "test" / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    try:
        packages.provide(runner, console, level.programs)
        console.say(f"\n{name}")
        runner.show(python.pytest(folders, str(report), parallel=level.parallel))
        outcome.counts, outcome.why_not = read_counts(report), read_refusal(report)
    except DemijohnError as error:
        outcome.why_not = str(error)
    outcome.seconds = time.monotonic() - started
    return outcome


def summarize(outcomes: Sequence[Outcome], console: Console, *, strict: bool) -> bool:
    """Print every level's outcome and, alone on the last line, the sum."""
    console.result()
    for outcome in outcomes:
        console.result(str(outcome))
    total = sum((outcome.counts for outcome in outcomes), Counts())
    not_run = [outcome.name for outcome in outcomes if outcome.why_not]
    if strict:
        total += Counts(failed=len(not_run))
    console.result(f"{total.passed} passed, {total.failed} failed")
    return total.failed == 0
