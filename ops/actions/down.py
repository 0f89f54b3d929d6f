"""Stop the stack."""

from ops.console import Console
from ops.lock import changing
from ops.runtimes import Runtime
from ops.runtimes.choice import forget
from ops.settings import Settings


def stop_stack(settings: Settings, runtime: Runtime, console: Console) -> None:
    """Stop every service in order; data, settings and secrets stay."""
    with changing(settings.home):
        was_up = any(state.running for state in runtime.states())
        runtime.down()
        forget(settings.home)
    console.result("Demijohn is down; its data is kept." if was_up else "Demijohn was not up.")
