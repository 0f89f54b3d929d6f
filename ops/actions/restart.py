"""Restart services, one after the other."""

from collections.abc import Sequence

from ops.console import Console
from ops.lock import changing
from ops.runtimes import Runtime, require
from ops.settings import Settings


def restart_services(settings: Settings, runtime: Runtime, console: Console, services: Sequence[str]) -> None:
    """Restart each service and wait until it is healthy, before the next: never both slots at once."""
    require(runtime, services)

    # From here on things change.
    with changing(settings.home):
        for service in services:
            with console.step(f"restarting {service}") as step:
                runtime.restart(service)
                step.outcome = "healthy"
