"""The migrations of this repository keep their own rules."""

from web.health import MIGRATIONS
from web.schema.check import judge
from web.schema.history import read_history


def test_every_migration_suits_the_version_before_it() -> None:
    history = read_history(str(MIGRATIONS))
    judged = [one for m in history.migrations for one in judge(history, history.before(m), [m])]
    unsafe = [str(finding) for one in judged for finding in one.unsafe]
    assert not unsafe, "\n".join(["", *unsafe, "docs/migrations.md tells more"])
