"""Check the code without running it."""

from ops.commands import python
from ops.runner import Runner

CHECKS = (python.ruff_check, python.ruff_format_check, python.mypy)


def check_code(runner: Runner) -> bool:
    """Run every check, also after one has failed; return whether all passed."""
    statuses = [runner.show(check()) for check in CHECKS]
    return not any(statuses)
