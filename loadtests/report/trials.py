"""How the trials of a search look in every drawing."""

from loadtests.capacity import Trial
from loadtests.report.figures import tell_number, tell_time
from loadtests.result import Outcome

SHAPES = {
    Outcome.PASS: "disc",
    Outcome.FAIL: "cross",
    Outcome.REGRESSION: "cross",
    Outcome.INVALID: "diamond",
}
LOOKS = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.REGRESSION: "fail",
    Outcome.INVALID: "invalid",
}


def tell_trial(trial: Trial) -> str:
    """Return what a trial came to, in a few lines."""
    reasons = "".join(f"\n{reason}" for reason in trial.reasons)
    return (
        f"trial {trial.number}, {trial.phase}: {trial.outcome}\n"
        f"{tell_number(trial.rate)}/s offered, {tell_number(trial.achieved)}/s answered\n"
        f"p50 {tell_time(trial.p50)}, p95 {tell_time(trial.p95)}, p99 {tell_time(trial.p99)}{reasons}"
    )
