"""What is wrong with a change while the version before it still runs, and the safe way instead."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Literal

Kind = Literal["breaks", "locks", "unjudged"]


@dataclass(frozen=True)
class Finding:
    """One unsafe operation.

    `breaks` does harm to code that is older, for as long as that runs; `locks` holds others up while the
    migration runs; `unjudged` may do anything. `subject` is what a migration's `contract` or `locks` names
    to accept it; `accepted` is the reason that was given there.
    """

    kind: Kind
    subject: str
    operation: str
    why: str
    instead: str
    file: str = ""
    line: int | None = None
    accepted: str | None = None

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        """Three lines: where and what, why, and the way on."""
        if self.accepted:
            return f"{self.place}: {self.operation}: accepted, {self.accepted}"
        return f"{self.place}: {self.operation}\n  why: {self.why}\n  instead: {self.instead}"

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def accept(
    finding: Finding,
    contract: Mapping[str, tuple[str, str]],
    locks: Mapping[str, str],
    running: frozenset[str],
) -> Finding:
    """Given what a migration says about itself and the revisions that the running code knows, accept or not.

    What a contract takes away is accepted when the running code is of the revision that stopped using it,
    or later.
    """
    if finding.kind == "locks":
        return replace(finding, accepted=locks.get(finding.subject))
    since, reason = contract.get(finding.subject, (None, None))
    if since in running:
        return replace(finding, accepted=f"{reason} (since {since})")
    if since:
        why = f"{finding.why}: the migration names {since}, and the code that runs is older"
        return replace(
            finding, why=why, instead=f"deploy a release of revision {since} or later first, then this one"
        )
    return finding
