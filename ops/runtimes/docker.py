"""The docker runtime: containers from `docker-compose.prod.yml`, one service at a time."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from ops import proc, tls
from ops.commands import mariadb, openssl
from ops.commands.compose import Compose
from ops.console import Console
from ops.conversation import Conversation
from ops.errors import CommandFailed, ServiceFailed
from ops.observer import Vantage
from ops.ports import check_ports_are_free
from ops.runner import Runner
from ops.runtimes import CERTIFICATES, LINES_SHOWN, SERVICES, ServiceState
from ops.secret_files import make_secret_files
from ops.settings import Settings
from ops.version import find_version

PRODUCTION, DEVELOPMENT = "docker-compose.prod.yml", "docker-compose.dev.yml"
# Root's password is read inside the container, so that it shows in no list of processes.
SQL_SCRIPT = 'MYSQL_PWD="$(cat /run/secrets/database_root_password)" exec mariadb --user=root "$@"'
SQL_PROMPT = ("sh", "-c", SQL_SCRIPT, "sh", mariadb.DATABASE)
# Where Nginx's container has the slots' sockets, and the certificate.
SLOTS = "run/web"
CERTIFICATE = "/var/lib/demijohn/certificates/fullchain.pem"


class DockerRuntime:
    """Drives Compose. Implements `ops.runtimes.Runtime`."""

    name = "docker"

    def __init__(self, settings: Settings, runner: Runner, console: Console) -> None:
        self.settings = settings
        self.runner = runner
        self.console = console
        self.compose = Compose(PRODUCTION, settings.home.env_file)
        certifies = settings.tls == "acme"
        self.services: Sequence[str] = [s for s in SERVICES if certifies or s != CERTIFICATES]

    @cached_property
    def environ(self) -> dict[str, str]:
        """What Compose fills in besides `.env`. The env file is to decide, not the terminal."""
        own = {"SECRETS_DIR": str(self.settings.secrets), "VERSION": find_version(self.settings, self.runner)}
        if self.settings.tls == "files":
            own["CERTIFICATE_DIR"] = str(self.settings.certificates)
        return {**self.settings.values, **own}

    def run(self, command: Sequence[str]) -> list[str]:
        return self.runner.run(command, environ=self.environ)

    def become(self, command: Sequence[str]) -> NoReturn:
        self.runner.become(command, environ=self.environ)

    # Getting ready

    def check(self) -> None:
        if self.settings.tls == "files":
            tls.check_files(self.settings.certificates)
        if not any(state.name == "nginx" and state.running for state in self.states()):
            check_ports_are_free(self.settings.listens)

    def prepare(self) -> None:
        make_secret_files(self.settings.secrets)
        with self.console.step("Building the images"):
            self.run(self.compose.build())
        # To Compose a service of a profile that is off is none of its business, even if it runs.
        if CERTIFICATES not in self.services and self.container(CERTIFICATES):
            with self.console.step(f"Removing {CERTIFICATES}: TLS is {self.settings.tls}"):
                self.run(self.compose.remove(CERTIFICATES))

    def develop(self) -> NoReturn:
        """Hand the terminal over to the development stack, which is a project of its own."""
        make_secret_files(self.settings.secrets)
        self.become(Compose(DEVELOPMENT, self.settings.home.env_file).up())

    # Verbs

    def start(self, service: str) -> bool:
        before = self.container(service)
        try:
            self.run(self.compose.start(service))
        except CommandFailed as error:
            lines = self.last_lines(service, LINES_SHOWN) or error.lines
            raise ServiceFailed(service, "did not become healthy", lines) from error
        return before is None or self.container(service) != before

    def container(self, service: str) -> str | None:
        """The id of the container that runs a service."""
        found = [p for p in self.processes() if p["Service"] == service and p["State"] == "running"]
        return found[0]["ID"] if found else None

    def prepare_database(self) -> None:
        self.run(self.compose.once("migrate"))

    def stop(self, service: str) -> None:
        self.run(self.compose.stop(service))

    def restart(self, service: str) -> None:
        self.run(self.compose.restart(service))
        self.start(service)

    def down(self) -> None:
        with self.console.step("Stopping everything"):
            self.run(self.compose.down())

    # Questions

    def states(self) -> list[ServiceState]:
        found = {process["Service"]: process for process in self.processes()}
        return [self.state(service, found.get(service)) for service in self.services]

    def state(self, service: str, process: dict[str, str] | None) -> ServiceState:
        if process is None:
            return ServiceState(service, "stopped")
        running = process["State"] == "running"
        healthy = running and process["Health"] == "healthy"
        word = "healthy" if healthy else process["Health"] or process["State"]
        return ServiceState(service, word, running, healthy, process["Status"])

    def find_certificate(self) -> tls.Validity | None:
        try:
            return tls.read_validity(self.run(self.compose.execute("nginx", openssl.show_dates(CERTIFICATE))))
        except CommandFailed:
            return None

    def processes(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.run(self.compose.processes()) if line]

    def last_lines(self, service: str, count: int) -> list[str]:
        return self.run(self.compose.logs(service, lines=count))

    def logs(self, services: Sequence[str], *, follow: bool) -> NoReturn:
        self.become(self.compose.logs(*services, lines=LINES_SHOWN, follow=follow))

    def flask(self, *arguments: str) -> list[str]:
        return self.run(self.compose.execute("web-a", ["python", "-m", "flask", *arguments]))

    def shell(self) -> NoReturn:
        self.become(self.compose.execute("web-a", ["python", "-m", "flask", "shell"], terminal=True))

    def sql_prompt(self) -> NoReturn:
        self.become(self.compose.execute("db", SQL_PROMPT, terminal=True))

    def ask_database(self) -> AbstractContextManager[Conversation]:
        command = self.compose.execute("db", mariadb.answering(SQL_PROMPT))
        return self.runner.converse(command, environ=self.environ)

    def find_vantage(self) -> Vantage:
        identities = {process["Service"]: process["ID"] for process in self.processes()}
        services = {service: identities[service] for service in self.services if service in identities}

        def find_processes() -> Mapping[str, int]:
            return proc.find_containers(services, proc.read_processes())

        def find_slots(processes: Mapping[str, int]) -> Path:
            return proc.PROC / str(processes["nginx"]) / "root" / SLOTS

        return Vantage(list(services), find_processes, find_slots)
