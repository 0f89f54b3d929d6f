"""The native runtime: private processes under supervisor; all that they write is below `var/`."""

import os
import pwd
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from ops import packages, tls
from ops.commands import mariadb, openssl, python, tail
from ops.console import Console
from ops.conversation import Conversation
from ops.database import apply_accounts, make_data_directory
from ops.errors import CommandFailed, DemijohnError, ServiceFailed
from ops.health import native_checks
from ops.observer import Vantage
from ops.ports import check_ports_are_free
from ops.preflight import check_access, check_disk
from ops.programs import (
    APPLICATION,
    Program,
    database_socket,
    heartbeat,
    native_programs,
    owner_environment,
    process_name,
    render_script,
    render_supervisor,
    script_path,
    web_environment,
)
from ops.runner import Runner
from ops.runtimes import CERTIFICATES, LINES_SHOWN, SERVICES, ServiceState
from ops.secret_files import make_secret_files
from ops.settings import Settings
from ops.supervision import Supervisor
from ops.version import find_version
from ops.waiting import wait_until

PROGRAMS_NEEDED = ("mariadb", "mariadbd", "nginx", "setpriv")
# Generous: a database may have to recover first, and the host may be busy.
HEALTHY_SECONDS = 90
ENDED = "ended while it was starting"


class NativeRuntime:
    """Runs the stack as processes of the invoking user. Implements `ops.runtimes.Runtime`."""

    name = "native"

    def __init__(
        self, settings: Settings, runner: Runner, console: Console, *, development: bool = False
    ) -> None:
        self.settings = settings
        self.home = settings.home
        self.runner = runner
        self.console = console
        self.development = development
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.supervisor = Supervisor(self.home, runner)
        self.checks = native_checks(settings)
        # In development one slot, which reloads itself: two would only double what is watched.
        left_out = (CERTIFICATES, "web-b") if development else (CERTIFICATES,)
        self.services: Sequence[str] = [s for s in SERVICES if s not in left_out]
        self.programs_needed = (*PROGRAMS_NEEDED, *(["openssl"] if settings.tls == "files" else []))

    # Getting ready

    def check(self) -> None:
        self.home.check()
        self.check_tls()
        packages.check_installable(packages.missing(self.programs_needed))
        check_access(self.runner, self.user)
        check_disk(self.home)
        if not self.supervisor.is_alive("nginx"):
            check_ports_are_free(self.settings.listens)

    def check_tls(self) -> None:
        if self.settings.tls == "acme":
            raise DemijohnError(
                "TLS is 'acme', and the native runtime has no certbot, which runs in a container of its own: "
                "set TLS to files or off, or use --runtime docker"
            )
        if self.settings.tls == "files":
            tls.check_files(self.settings.certificates)

    def prepare(self) -> None:
        packages.install(self.runner, self.console, packages.missing(self.programs_needed))
        for path in (self.home.run, self.home.log, self.home.static, self.home.ledger):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_secret_files(self.settings.secrets)
        configuration = render_supervisor(self.home, list(self.programs.values()))
        self.supervisor.ensure(configuration)

    @cached_property
    def programs(self) -> dict[str, Program]:
        listed = native_programs(self.settings, self.services, self.user, self.environment)
        return {program.name: program for program in listed}

    @cached_property
    def environment(self) -> dict[str, str]:
        """What the application reads, in a service as well as in a command."""
        version = find_version(self.settings, self.runner)
        return web_environment(self.settings, version, development=self.development)

    # Verbs

    def start(self, service: str) -> bool:
        script = script_path(self.home, service)
        text = render_script(self.programs[service], self.user)
        alive = self.supervisor.is_alive(service)
        if alive and script.read_text() == text and self.checks[service]():
            return False
        if service == "db":
            make_data_directory(self.runner, self.home, self.user)
        if alive:
            self.stop(service)
        script.write_text(text)
        self.begin(service)
        return True

    def begin(self, service: str) -> None:
        """Have supervisor start a service, and wait until it is healthy."""
        if service == "worker":
            heartbeat(self.home).unlink(missing_ok=True)
        log = self.log_file(service)
        before = log.stat().st_size if log.exists() else 0
        wrong, said = None, []
        try:
            self.supervisor.control("start", process_name(service))
            wrong = self.wait_for(service)
        except CommandFailed as error:
            wrong, said = ENDED, error.lines
        if wrong:
            raise ServiceFailed(service, wrong, read_lines(log, before) or said)

    def wait_for(self, service: str) -> str | None:
        """Wait until a service is healthy; return what went wrong as soon as that is certain."""
        healthy, alive = self.checks[service], self.supervisor.is_alive
        if not wait_until(lambda: healthy() or not alive(service), HEALTHY_SECONDS):
            return f"did not become healthy within {HEALTHY_SECONDS} s"
        return None if healthy() else ENDED

    def prepare_database(self) -> None:
        apply_accounts(self.runner, database_socket(self.home), self.user, self.settings.secrets)
        environ = self.environment | owner_environment(self.settings)
        self.runner.run(python.flask("migrate"), environ=environ)

    def stop(self, service: str) -> None:
        self.supervisor.control("stop", process_name(service))

    def restart(self, service: str) -> None:
        self.stop(service)
        self.begin(service)

    def down(self) -> None:
        if not self.supervisor.runs():
            return
        for name, services in (("nginx", ["nginx"]), ("application:*", APPLICATION), ("db", ["db"])):
            if alive := [service for service in services if self.supervisor.is_alive(service)]:
                with self.console.step(f"Stopping {', '.join(alive)}"):
                    self.supervisor.control("stop", name)
        self.supervisor.shut_down()

    # Questions

    def states(self) -> list[ServiceState]:
        return [self.state(service) for service in self.services]

    def state(self, service: str) -> ServiceState:
        process = self.supervisor.process(service)
        if process is None or process.state == "STOPPED":
            return ServiceState(service, "stopped")
        if not process.alive:
            return ServiceState(service, "failed", detail="it keeps ending; see its log")
        healthy = self.checks[service]()
        word = "healthy" if healthy else "does not answer"
        detail = f"process {process.pid}, for {process.seconds:.0f} s"
        return ServiceState(service, word, running=True, healthy=healthy, detail=detail)

    def find_certificate(self) -> tls.Validity | None:
        certificate, _ = (str(self.settings.certificates / name) for name in tls.FILES)
        return tls.read_validity(self.runner.run(openssl.show_dates(certificate)))

    def log_file(self, service: str) -> Path:
        return self.home.log / f"{service}.log"

    def last_lines(self, service: str, count: int) -> list[str]:
        return read_lines(self.log_file(service))[-count:]

    def log_command(self, services: Sequence[str], *, follow: bool) -> list[str]:
        files = [self.log_file(service) for service in services or self.services]
        present = [path for path in files if path.exists()]
        if not present:
            raise DemijohnError("there are no logs yet: ./demijohn up starts the stack")
        return tail.last(present, LINES_SHOWN, follow=follow)

    def logs(self, services: Sequence[str], *, follow: bool) -> NoReturn:
        self.runner.become(self.log_command(services, follow=follow))

    def flask(self, *arguments: str) -> list[str]:
        return self.runner.run(python.flask(*arguments), environ=self.environment)

    def shell(self) -> NoReturn:
        self.runner.become(python.flask("shell"), environ=self.environment)

    def sql_prompt(self) -> NoReturn:
        self.runner.become(self.sql_client())

    def sql_client(self) -> list[str]:
        return mariadb.client(database_socket(self.home), self.user, mariadb.DATABASE)

    def ask_database(self) -> AbstractContextManager[Conversation]:
        return self.runner.converse(mariadb.answering(self.sql_client()))

    def find_vantage(self) -> Vantage:
        return Vantage(self.services, self.find_processes, lambda processes: self.home.run)

    def find_processes(self) -> Mapping[str, int]:
        found = self.supervisor.processes() or {}
        return {service: found[service].pid for service in self.services if found[service].alive}


def read_lines(log: Path, start: int = 0) -> list[str]:
    """Return the lines of a log from byte `start` on; none when there is no such file."""
    try:
        return log.read_bytes()[start:].decode("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
