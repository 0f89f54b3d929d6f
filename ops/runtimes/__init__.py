"""The two ways to run the stack, with the same verbs."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NoReturn, Protocol

from ops.conversation import Conversation
from ops.errors import DemijohnError
from ops.observer import Vantage
from ops.tls import Validity

# In the order of their start, with what each is.
SERVICES = {
    "db": "MariaDB",
    "web-a": "the application, slot a",
    "web-b": "the application, slot b",
    "worker": "background jobs",
    "nginx": "the front door",
    "certificates": "certbot, with TLS=acme",
}
CERTIFICATES = "certificates"
LINES_SHOWN = 100


@dataclass(frozen=True)
class ServiceState:
    """How one service is: a word for a person, and what else there is to say."""

    name: str
    state: str
    running: bool = False
    healthy: bool = False
    detail: str = ""


class Runtime(Protocol):
    """What an action may ask of a runtime."""

    name: str
    services: Sequence[str]

    def check(self) -> None:
        """Raise, before anything changes, for what would make a start fail."""

    def prepare(self) -> None:
        """Make what the services need: packages or images, directories, secrets."""

    def start(self, service: str) -> bool:
        """Start a service, or replace one that is out of date, and wait until it is healthy.

        Returns False when there was nothing to do; raises ServiceFailed.
        """

    def prepare_database(self) -> None:
        """Bring accounts and schema up to date."""

    def stop(self, service: str) -> None:
        """Stop one service, within its grace period."""

    def restart(self, service: str) -> None:
        """Stop and start one service, and wait until it is healthy."""

    def down(self) -> None:
        """Stop everything, in order, and what manages it."""

    def states(self) -> list[ServiceState]:
        """How each service is."""

    def find_certificate(self) -> Validity | None:
        """With TLS, until when the certificate holds; None while there is none yet."""

    def last_lines(self, service: str, count: int) -> list[str]:
        """The end of a service's log."""

    def logs(self, services: Sequence[str], *, follow: bool) -> NoReturn:
        """Hand the terminal over to the logs."""

    def flask(self, *arguments: str) -> list[str]:
        """Run a `flask` command of the application and return the lines that it printed."""

    def shell(self) -> NoReturn:
        """Hand the terminal over to `flask shell`."""

    def sql_prompt(self) -> NoReturn:
        """Hand the terminal over to MariaDB's client."""

    def ask_database(self) -> AbstractContextManager[Conversation]:
        """Talk with MariaDB's client: it answers each statement with its lines."""

    def find_vantage(self) -> Vantage:
        """Where the services, as they run now, can be watched from."""


def require(runtime: Runtime, services: Sequence[str]) -> None:
    """Raise when one of the services does not run."""
    running = {state.name for state in runtime.states() if state.running}
    for service in services:
        if service not in running:
            raise DemijohnError(f"{service} does not run: ./demijohn up starts it")
