"""Install what the native runtime needs from the distribution."""

from ops import packages
from ops.console import Console
from ops.runner import Runner
from ops.runtimes.native import PROGRAMS_NEEDED


def install_programs(runner: Runner, console: Console) -> None:
    """Install the missing packages; no service is started or enabled."""
    missing = packages.missing(PROGRAMS_NEEDED)
    packages.check_installable(missing)

    # From here on things change.
    packages.install(runner, console, missing)
    console.result(f"Installed {', '.join(missing)}." if missing else "Everything is installed.")
