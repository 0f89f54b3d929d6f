"""Install what the native runtime needs from the distribution."""

from ops import packages
from ops.console import Console
from ops.runner import Runner
from ops.runtimes.native import PROGRAMS_NEEDED


def install_programs(runner: Runner, console: Console) -> None:
    """Install the missing packages; no service is started or enabled."""
    installed = packages.provide(runner, console, PROGRAMS_NEEDED)
    console.result(f"Installed {', '.join(installed)}." if installed else "Everything is installed.")
