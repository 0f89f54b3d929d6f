"""Bring the locked dependencies up to date."""

from ops.commands import uv
from ops.console import Console
from ops.runner import Runner


def update_dependencies(runner: Runner, console: Console) -> None:
    """Lock the newest versions that pyproject.toml allows, and install them."""
    with console.step("Looking for newer versions"):
        runner.run(uv.upgrade_lock(), environ=uv.ENVIRONMENT)
    with console.step("Installing them"):
        runner.run(uv.sync(), environ=uv.ENVIRONMENT)
    console.result("uv.lock is up to date: look at it with `git diff`, then run ./demijohn test.")
