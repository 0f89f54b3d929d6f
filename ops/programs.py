"""The native processes: what each runs, with which environment, and the files that say so.

Each process has a small script under `var/run/`, which exports its environment and becomes it: it
can be read, and run by hand. A script carries the digest of the files that its process was started
from, so comparing scripts tells whether a process is up to date.
"""

import hashlib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.commands import mariadb, nginx, python, setpriv
from ops.paths import ROOT, Home
from ops.settings import Settings

SOURCES = {
    "db": ("mariadb",),
    "web": ("web", "migrations", "uv.lock"),
    "nginx": ("nginx",),
}
# How long each may take to stop: the outermost step of the ladder of timeouts.
WEB_STOP_SECONDS = 35
DATABASE_STOP_SECONDS = 60
# Nginx's workers outlive a master that was killed, and hold its port. They are in the process group that
# had its id.
END_ORPHANS = """\
if read -r master <"$NGINX_DIR/nginx.pid" && [ ! -e "/proc/$master" ]; then
    for stat in /proc/[0-9]*/stat; do
        read -r pid name state parent group rest <"$stat" || continue
        [ "$name $group" != "(nginx) $master" ] || kill "$pid"
    done
fi 2>/dev/null
"""
# supervisor stops a group's processes at the same time, and each slot takes seconds to drain.
APPLICATION = ("web-a", "web-b", "worker")
LOG_BYTES = "20MB"
LOG_FILES = 3


@dataclass(frozen=True)
class Program:
    """One process under supervisor."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    sources: Sequence[str]
    stop_seconds: int = WEB_STOP_SECONDS
    stop_signal: str = "TERM"
    capabilities: Sequence[str] = ()
    # Lines of shell that run first.
    preparation: str = ""


def native_programs(
    settings: Settings, services: Sequence[str], user: str, web: Mapping[str, str]
) -> list[Program]:
    """Given the settings and what the application reads, return a program for each service."""
    home = settings.home
    server = mariadb.server(home.database, database_socket(home), home.run / "mariadb.pid", user)
    slots = [service.removeprefix("web-") for service in services if service.startswith("web-")]
    return [
        Program("db", server, {}, SOURCES["db"], stop_seconds=DATABASE_STOP_SECONDS),
        *(Program(f"web-{slot}", python.slot(), {**web, "SLOT": slot}, SOURCES["web"]) for slot in slots),
        Program("worker", python.flask("worker"), web, SOURCES["web"]),
        Program(
            "nginx",
            nginx.serve(),
            nginx_environment(settings),
            SOURCES["nginx"],
            stop_signal="QUIT",
            capabilities=nginx_capabilities(port for _, port in settings.listens.values()),
            preparation=END_ORPHANS,
        ),
    ]


def nginx_capabilities(ports: Iterable[int]) -> list[str]:
    """What Nginx keeps when root starts it: its workers set their groups, which stay root's."""
    return ["setgid", "net_bind_service"] if min(ports) < 1024 else ["setgid"]


def database_socket(home: Home) -> Path:
    return home.run / "mariadb.sock"


def slot_socket(home: Home, slot: str) -> Path:
    """The symlink that exists while the slot is in rotation."""
    return home.run / f"{slot}.sock"


def heartbeat(home: Home) -> Path:
    return home.run / "worker.beat"


def web_environment(settings: Settings, version: str, *, development: bool) -> dict[str, str]:
    """What the application reads: the settings, and what only the stack knows."""
    home = settings.home
    return dict(settings.values) | {
        "APP_ENV": "development" if development else "production",
        "DATABASE_HOST": str(database_socket(home)),
        "DATABASE_NAME": mariadb.DATABASE,
        "DATABASE_OWNER": "owner",
        "DATABASE_PASSWORD_FILE": str(settings.secrets / "database_password"),
        "DATABASE_USER": "app",
        "FLASK_APP": "web",
        "LEDGER_DIR": str(home.ledger),
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY_FILE": str(settings.secrets / "secret_key"),
        "SLOT_DIR": str(home.run),
        "STATIC_DIR": str(home.static),
        "VERSION": version,
        "WORKER_HEARTBEAT": str(heartbeat(home)),
    }


def owner_environment(settings: Settings) -> dict[str, str]:
    """What changing the schema takes in addition."""
    return {"DATABASE_OWNER_PASSWORD_FILE": str(settings.secrets / "database_owner_password")}


def nginx_environment(settings: Settings) -> dict[str, str]:
    home = settings.home
    secure = {
        "CERTIFICATE_DIR": str(settings.certificates),
        "HTTPS_ADDRESS": settings.values["HTTPS_ADDRESS"],
        "LISTEN_TLS": settings.values["HTTPS_ADDRESS"],
        "TLS": settings.tls,
    }
    return {
        **({} if settings.tls == "off" else secure),
        "LEDGER_DIR": str(home.ledger),
        "LISTEN": settings.values["HTTP_ADDRESS"],
        "NGINX_DIR": str(home.nginx),
        "LEDGER_MAX_BYTES": settings.values["LEDGER_MAX_BYTES"],
        "RATE_LIMIT_EXEMPT": settings.values.get("RATE_LIMIT_EXEMPT", ""),
        "SERVER_NAMES": settings.values["SERVER_NAMES"],
        "SLOT_DIR": str(home.run),
        "STATIC_DIR": str(home.static),
    }


def script_path(home: Home, name: str) -> Path:
    return home.run / f"{name}.sh"


def render_script(program: Program, user: str) -> str:
    """Given a program and the user who runs it, return the script that becomes it."""
    exports = "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in sorted(program.environment.items())
    )
    command = shlex.join(setpriv.confine(program.command, user=user, keep=program.capabilities))
    return (
        f"#!/bin/sh\n# {program.name}, written by `./demijohn up` from files with the digest\n"
        f"# {digest(program.sources)}\numask 077\n{exports}{program.preparation}exec {command}\n"
    )


def process_name(service: str) -> str:
    """What supervisor calls a service."""
    return f"application:{service}" if service in APPLICATION else service


def digest(sources: Sequence[str]) -> str:
    """Given files and folders of the repository, return one digest of their content."""
    total = hashlib.sha256()
    for source in sources:
        path = ROOT / source
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def render_supervisor(home: Home, programs: Sequence[Program]) -> str:
    """Given the programs, return supervisord's configuration. Nothing starts by itself."""
    head = f"""\
; Written by `./demijohn up`.
[supervisord]
directory={ROOT}
identifier=demijohn
logfile={home.log}/supervisor.log
pidfile={home.run}/supervisor.pid
childlogdir={home.log}
umask=077

[unix_http_server]
file={home.run}/supervisor.sock
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{home.run}/supervisor.sock
"""
    # A stop reaches the process alone: a slot and Nginx end their own children, in their own order.
    # What outlives its time is killed with all that it started.
    # What crashes is started again for as long as it takes; supervisor waits longer after each try.
    sections = [
        f"""
[program:{program.name}]
command=/bin/sh {shlex.quote(str(script_path(home, program.name)))}
autostart=false
autorestart=true
startretries=1000
killasgroup=true
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_seconds}
redirect_stderr=true
stdout_logfile={home.log}/{program.name}.log
stdout_logfile_maxbytes={LOG_BYTES}
stdout_logfile_backups={LOG_FILES}
"""
        for program in programs
    ]
    group = f"\n[group:application]\nprograms={','.join(p.name for p in programs if p.name in APPLICATION)}\n"
    # In this file a percent sign begins an expansion.
    return "".join([head, *sections, group]).replace("%", "%%")
