"""May two runs be compared at all?"""

from collections.abc import Iterator, Sequence

from loadtests.errors import LoadError
from loadtests.result import Outcome, Result


class IncomparableError(LoadError):
    """Two runs differ in more than what is compared, or one of them measured nothing that counts."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        told = "".join(f"\n  - {reason}" for reason in self.reasons)
        super().__init__(f"these runs cannot be compared:{told}")


def check_comparable(base: Sequence[Result], new: Sequence[Result]) -> None:
    """Raise IncomparableError, with every reason, unless all runs were sound and made alike."""
    reasons = [fault for name, runs in (("base", base), ("new", new)) for fault in list_faults(name, runs)]
    first = base[0]
    for run in (*base[1:], *new):
        reasons += [each for each in list_differences(first, run) if each not in reasons]
    if reasons:
        raise IncomparableError(reasons)


def list_faults(name: str, runs: Sequence[Result]) -> Iterator[str]:
    """Yield what is wrong with the runs of one side."""
    for run in runs:
        if run.interrupted:
            yield f"{name} ({run.id}) was interrupted"
        elif run.outcome is None:
            yield f"{name} ({run.id}) was never judged"
        missed = [finding for finding in run.findings if not finding.held]
        for finding in missed:
            found = f"{finding.about}, {finding.what}: {finding.found}, allowed {finding.limit}"
            if finding.topic == "correctness":
                yield f"{name} ({run.id}) has wrong answers: {found}"
            elif finding.topic == "validity" and not run.interrupted:
                yield f"{name} ({run.id}) is {Outcome.INVALID}: {found}"
        if run.outcome is Outcome.INVALID and not missed and not run.interrupted:
            yield f"{name} ({run.id}) is {Outcome.INVALID}"


def list_differences(base: Result, new: Result) -> Iterator[str]:
    """Yield what differs between two runs that must not."""
    if base.workload != new.workload:
        yield f"workload: {base.workload} and {new.workload}"
    for key in sorted(base.fingerprint.keys() | new.fingerprint.keys()):
        one, other = base.fingerprint.get(key, "not told"), new.fingerprint.get(key, "not told")
        if one != other:
            yield f"{key}: {one} and {other}"
