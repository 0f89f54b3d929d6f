"""Show how the stack is."""

from ops.console import Console
from ops.errors import DemijohnError
from ops.runtimes import SERVICES, Runtime
from ops.settings import Settings


def show_status(settings: Settings, runtime: Runtime, console: Console) -> None:
    """Print a line for each service; raise when one of them is not healthy."""
    states = runtime.states()
    if not any(state.running for state in states):
        raise DemijohnError("the stack is down: ./demijohn up starts it")
    for state in states:
        meaning = SERVICES[state.name]
        console.result(f"{state.name:8} {meaning:24} {state.state:16} {state.detail}".rstrip())
    unwell = [state.name for state in states if not state.healthy]
    if unwell:
        raise DemijohnError(f"{', '.join(unwell)}: not healthy; ./demijohn logs {unwell[0]} tells more")
    console.result(f"\nServing {settings.address}/ ({runtime.name} runtime)")
