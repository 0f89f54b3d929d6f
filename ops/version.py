"""Which version of the code this is."""

from ops.commands import git
from ops.errors import DemijohnError
from ops.runner import Runner
from ops.settings import Settings


def find_version(settings: Settings, runner: Runner) -> str:
    """Return the VERSION of the settings, else git's tag or short hash."""
    if given := settings.values.get("VERSION"):
        return given
    try:
        return runner.run(git.describe())[0]
    except DemijohnError:  # a copy without its history, or no git
        return "unknown"
