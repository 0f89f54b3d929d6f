"""Restart services, one after the other."""

from collections.abc import Sequence

from ops.console import Console
from ops.errors import DemijohnError
from ops.lock import changing
from ops.runtimes import Runtime
from ops.settings import Settings


def restart_services(settings: Settings, runtime: Runtime, console: Console, services: Sequence[str]) -> None:
    """Restart each service and wait until it is healthy, before the next: never both slots at once."""
    running = {state.name for state in runtime.states() if state.running}
    for service in services:
        if service not in running:
            raise DemijohnError(f"{service} does not run: ./demijohn up starts it")

    # From here on things change.
    with changing(settings.home):
        for service in services:
            with console.step(f"restarting {service}") as step:
                runtime.restart(service)
                step.outcome = "healthy"
