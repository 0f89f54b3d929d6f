"""Show how the stack is."""

from datetime import UTC, datetime

from ops.console import Console
from ops.errors import DemijohnError
from ops.runtimes import CERTIFICATES, SERVICES, Runtime
from ops.settings import Settings


def show_status(settings: Settings, runtime: Runtime, console: Console) -> None:
    """Print a line for each service; raise when one of them, or the certificate, needs somebody."""
    states = runtime.states()
    if not any(state.running for state in states):
        raise DemijohnError("the stack is down: ./demijohn up starts it")
    for state in states:
        meaning = SERVICES[state.name]
        console.result(f"{state.name:12} {meaning:24} {state.state:16} {state.detail}".rstrip())
    unwell = [state.name for state in states if not state.healthy]
    # What obtains certificates is unwell for a reason that the certificate tells better.
    if set(unwell) - {CERTIFICATES}:
        raise DemijohnError(f"{', '.join(unwell)}: not healthy; ./demijohn logs {unwell[0]} tells more")
    if settings.tls != "off":
        show_certificate(settings, runtime, console)
    if unwell:
        raise DemijohnError(f"{CERTIFICATES}: not healthy; ./demijohn logs {CERTIFICATES} tells more")
    console.result(f"\nServing {settings.address}/ ({runtime.name} runtime)")


def show_certificate(settings: Settings, runtime: Runtime, console: Console) -> None:
    """Print until when the certificate holds; raise when there is none, or its time is up."""
    cure = (
        f"./demijohn logs {CERTIFICATES} tells why"
        if settings.tls == "acme"
        else f"put a new one into {settings.certificates}"
    )
    certificate, now = runtime.find_certificate(), datetime.now(UTC)
    if certificate is None:
        raise DemijohnError(f"there is no certificate yet: {cure}")
    left = certificate.end - now
    console.result(
        f"\nThe certificate holds until {certificate.end:%Y-%m-%d %H:%M} UTC, {left.days} days more"
    )
    if certificate.is_ending(now):
        raise DemijohnError(f"the certificate should have been replaced by now: {cure}")
