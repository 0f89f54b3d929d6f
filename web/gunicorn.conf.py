"""gunicorn: how each slot serves. Reference: https://docs.gunicorn.org/en/stable/settings.html"""

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

DEVELOPMENT = os.environ.get("APP_ENV") == "development"
CODE = Path(__file__).parent
LOOK_SECONDS = 0.3

wsgi_app = "web:create_app()"
bind = os.environ.get("GUNICORN_BIND", "unix:/tmp/web.sock")
# The socket is for this user and its group, which is Nginx's as well.
umask = 0o007

# `gthread` accepts eagerly into its pool, so a slot that drains loses nothing from its backlog.
# Its `timeout` watches the main loop alone: a stuck request is bounded by the database's limits.
worker_class = "gthread"
workers = 1 if DEVELOPMENT else int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# What waits here waits for a thread; beyond this the kernel's backlog holds it, for both workers.
worker_connections = 4 * threads
backlog = 512
timeout = 30
# Longer than Nginx waits for an answer (20 s), shorter than the container's stop (35 s).
graceful_timeout = 25

# Insurance against leaks; the jitter keeps two workers from leaving together.
max_requests = 0 if DEVELOPMENT else 100_000
max_requests_jitter = 10_000

# One import for all workers, and their code pages shared. Nothing connects before the fork.
preload_app = not DEVELOPMENT
reload = DEVELOPMENT

# Only Nginx speaks to the socket, and it overwrites the forwarding headers; ProxyFix reads them.
forwarded_allow_ips = ""
forwarder_headers = ""
header_map = "refuse"
# Nginx refuses longer ones, so that its error pages are the ones people see.
limit_request_line = 8190
limit_request_field_size = 8190

# The heartbeat must not wait for a disk, and the control socket is an admin plane nobody asked for.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True
http_parser = "python"

# Nginx writes the access log, with the upstream's time; the application logs through `logging`.
accesslog = None
errorlog = "-"


def on_starting(server: Any) -> None:
    """Publish the static files for Nginx before the slot takes traffic.

    In development the application serves them, and the master must not have imported it: what the
    master knows, its workers inherit, and could not load anew.
    """
    static_dir = os.environ.get("STATIC_DIR")
    if static_dir and not DEVELOPMENT:
        from web.assets import assets

        assets.publish(Path(static_dir))


def post_fork(server: Any, worker: Any) -> None:
    """In development, replace the worker when its code changes.

    gunicorn's own reloader first looks when the code is loaded, and misses what changed meanwhile; it
    stays on because it shows a syntax error in the page.
    """
    if DEVELOPMENT:
        threading.Thread(target=watch, args=(read_times(),), daemon=True).start()


def watch(loaded: dict[Path, int]) -> None:
    """End this process when the times of its code are no longer those that it was loaded with."""
    while read_times() == loaded:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def read_times() -> dict[Path, int]:
    """Return when each file of code was changed, in nanoseconds."""
    times = {}
    for path in CODE.rglob("*.py"):
        with suppress(FileNotFoundError):  # an editor is replacing it
            times[path] = path.stat().st_mtime_ns
    return times
