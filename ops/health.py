"""Is a native service healthy? Each answer is asked for, from the service itself."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ops import probes, programs
from ops.settings import Settings

# The worker touches its file every second, unless a job hangs.
HEARTBEAT_SECONDS = 60


def native_checks(settings: Settings) -> Mapping[str, Callable[[], bool]]:
    """Given the settings, return for each service the question whether it is healthy."""
    home = settings.home
    return {
        "db": lambda: probes.database_greets(programs.database_socket(home)),
        "web-a": lambda: probes.unix_answers(programs.slot_socket(home, "a"), "/livez", settings.server_name),
        "web-b": lambda: probes.unix_answers(programs.slot_socket(home, "b"), "/livez", settings.server_name),
        "worker": lambda: is_fresh(programs.heartbeat(home)),
        "nginx": lambda: nginx_answers(settings, "/-/nginx-health"),
    }


def nginx_answers(settings: Settings, path: str) -> bool:
    """Return whether Nginx, and for most paths a slot behind it, answers with 200."""
    return probes.tcp_answers(settings.reach("HTTP_ADDRESS"), path, settings.server_name)


def tls_answers(settings: Settings, path: str) -> bool:
    """Return whether Nginx has a certificate and answers, as `nginx_answers`, over TLS."""
    return probes.tls_answers(settings.reach("HTTPS_ADDRESS"), path, settings.server_name)


def is_fresh(heartbeat: Path) -> bool:
    try:
        return time.time() - heartbeat.stat().st_mtime < HEARTBEAT_SECONDS
    except FileNotFoundError:
        return False
