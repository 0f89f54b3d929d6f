"""The native runtime: private processes under supervisor; all that they write is below `var/`."""

import getpass
import os
from collections.abc import Sequence
from functools import cached_property
from typing import NoReturn

from ops import packages
from ops.commands import mariadb, python, setpriv, tail
from ops.console import Console
from ops.database import apply_accounts, make_data_directory
from ops.errors import CommandFailed, DemijohnError, ServiceFailed
from ops.health import native_checks
from ops.ports import check_port_is_free
from ops.preflight import check_access, check_disk
from ops.programs import (
    Program,
    database_socket,
    heartbeat,
    native_programs,
    owner_environment,
    render_script,
    render_supervisor,
    script_path,
    web_environment,
)
from ops.runner import Runner
from ops.runtimes import LINES_SHOWN, SERVICES, ServiceState
from ops.secret_files import make_secret_files
from ops.settings import Settings
from ops.supervision import Supervisor
from ops.version import find_version
from ops.waiting import wait_until

PROGRAMS_NEEDED = ("mariadb", "mariadbd", "nginx", "setpriv")
# Generous: a database may have to recover first, and the host may be busy.
HEALTHY_SECONDS = 90


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
        self.user = getpass.getuser()
        self.supervisor = Supervisor(self.home, runner)
        self.checks = native_checks(settings)
        # In development one slot, which reloads itself: two would only double what is watched.
        self.services: Sequence[str] = [s for s in SERVICES if not (development and s == "web-b")]

    # Getting ready

    def check(self) -> None:
        self.home.check()
        packages.check_installable(packages.missing(PROGRAMS_NEEDED))
        check_disk(self.home)
        if not self.supervisor.is_alive("nginx"):
            check_port_is_free(self.settings.listen_host, self.settings.port)

    def prepare(self) -> None:
        packages.install(self.runner, self.console, packages.missing(PROGRAMS_NEEDED))
        check_access(self.runner)
        for path in (self.home.run, self.home.log, self.home.static, self.home.ledger):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_secret_files(self.settings.secrets)
        configuration = render_supervisor(self.home, list(self.programs.values()))
        self.supervisor.ensure(configuration, self.confine(self.supervisor.daemon()))

    def confine(self, command: Sequence[str]) -> list[str]:
        keep = ["net_bind_service"] if self.settings.port < 1024 else []
        return setpriv.confine(command, root=os.geteuid() == 0, keep=keep)

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
        text = render_script(self.programs[service])
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
        try:
            self.supervisor.control("start", service)
        except CommandFailed as error:
            raise self.failed(service, "ended while it was starting") from error
        healthy, alive = self.checks[service], self.supervisor.is_alive
        settled = wait_until(lambda: healthy() or not alive(service), HEALTHY_SECONDS)
        if not alive(service):
            raise self.failed(service, "ended while it was starting")
        if not settled:
            raise self.failed(service, f"did not become healthy within {HEALTHY_SECONDS} s")

    def failed(self, service: str, what: str) -> ServiceFailed:
        return ServiceFailed(service, what, self.last_lines(service, LINES_SHOWN))

    def prepare_database(self) -> None:
        apply_accounts(self.runner, database_socket(self.home), self.user, self.settings.secrets)
        environ = self.environment | owner_environment(self.settings)
        self.runner.run(python.flask("migrate"), environ=environ)

    def stop(self, service: str) -> None:
        self.supervisor.control("stop", service)

    def restart(self, service: str) -> None:
        self.stop(service)
        self.begin(service)

    def down(self) -> None:
        if not self.supervisor.runs():
            return
        for service in reversed(SERVICES):
            if self.supervisor.is_alive(service):
                with self.console.step(f"Stopping {service}"):
                    self.stop(service)
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

    def last_lines(self, service: str, count: int) -> list[str]:
        log = self.home.log / f"{service}.log"
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        return text.splitlines()[-count:]

    def log_command(self, services: Sequence[str], *, follow: bool) -> list[str]:
        files = [self.home.log / f"{service}.log" for service in services or self.services]
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
        self.runner.become(mariadb.client(database_socket(self.home), self.user, mariadb.DATABASE))
