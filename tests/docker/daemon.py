"""The tests' own Docker daemon: its programs, its places, its start and its end.

Debian 12's engine is too old for Compose v2, and installing any would start services. So Debian
13's packages are unpacked into a private directory, where their programs run on both releases.
"""

import json
import os
import time
from pathlib import Path

from tests.docker import debian
from tests.docker.process import BootstrapError, execute, say, tail

CACHE = Path("/var/cache/demijohn-tests")
DATA = Path("/var/lib/demijohn-tests")
RUN = Path("/run/demijohn-tests")
PROGRAMS = CACHE / "engine"
SETTINGS = CACHE / "docker"
LOG = RUN / "dockerd.log"

# Debian's `tini` needs a newer libc, but the engine uses `tini-static` of the same package.
PACKAGES = ("docker.io", "containerd", "docker-cli", "docker-buildx", "docker-compose", "tini")

# 198.18.0.0/15 is reserved for benchmarks: the tests' traffic is never taken for a real network's.
BRIDGE = "198.18.0.1/24"
POOL = {"base": "198.19.0.0/16", "size": 24}

_ITS_PIDFILE = RUN / "dockerd.pid"
# start-stop-daemon ends a process only if the pid file and the program both match.
_OURS = ("--pidfile", RUN / "engine.pid", "--exec", PROGRAMS / "usr/sbin/dockerd")
_PROXIES = {"httpProxy": "http_proxy", "httpsProxy": "https_proxy", "noProxy": "no_proxy"}


def describe_environment() -> dict[str, str]:
    """What a process needs in its environment to use this daemon and its programs."""
    path = f"{PROGRAMS}/usr/bin:{PROGRAMS}/usr/sbin:{os.environ.get('PATH', os.defpath)}"
    host = f"unix://{RUN}/docker.sock"
    return {"PATH": path, "DOCKER_HOST": host, "DOCKER_CONFIG": str(SETTINGS)}


def is_running() -> bool:
    """Whether the process that `start` started lives."""
    return execute("start-stop-daemon", "--status", *_OURS, check=False).returncode == 0


def prepare() -> None:
    """Put the daemon's programs and settings in place. Raises BootstrapError when it cannot."""
    debian.install("runc", "iptables", "mmdebstrap")
    if not PROGRAMS.exists():
        say("fetching Docker from Debian 13")
        debian.unpack(PACKAGES, "trixie", scratch=CACHE / "apt", into=PROGRAMS)
    for place in (SETTINGS, DATA, RUN):
        place.mkdir(parents=True, exist_ok=True)
    proxies = {key: os.environ[name] for key, name in _PROXIES.items() if name in os.environ}
    client = {
        "cliPluginsExtraDirs": [str(PROGRAMS / "usr/libexec/docker/cli-plugins")],
        "proxies": {"default": proxies},
    }
    (SETTINGS / "config.json").write_text(json.dumps(client, indent=2))
    server = {
        "bip": BRIDGE,
        "data-root": str(DATA),
        "default-address-pools": [POOL],
        "exec-root": str(RUN / "exec"),
        "group": "root",
        "hosts": [f"unix://{RUN}/docker.sock"],
        "log-level": "warn",
        "pidfile": str(_ITS_PIDFILE),
    }
    (SETTINGS / "daemon.json").write_text(json.dumps(server, indent=2))


def start(patience: float = 60) -> None:
    """Start the daemon and wait at most `patience` seconds until it answers.

    Raises BootstrapError with the daemon's last words if it does not; nothing is left running.
    """
    say("starting the engine")
    # A killed daemon leaves its pid file behind, and another process may have the pid by now.
    for leftover in (LOG, _ITS_PIDFILE):
        leftover.unlink(missing_ok=True)
    command = ("start-stop-daemon", "--start", "--background", "--make-pidfile", "--output", LOG)
    arguments = ("--config-file", SETTINGS / "daemon.json")
    execute(*command, *_OURS, "--", *arguments, env=describe_environment())
    deadline = time.monotonic() + patience
    while execute("docker", "version", env=describe_environment(), check=False).returncode:
        if not is_running() or time.monotonic() > deadline:
            stop()
            raise BootstrapError(f"the engine did not start:\n{tail(LOG.read_text())}")
        time.sleep(0.1)


def stop() -> None:
    """End the daemon and the containers it runs; does nothing when it is not running."""
    end = ("--oknodo", "--remove-pidfile", "--retry", "TERM/60/KILL/5")
    execute("start-stop-daemon", "--stop", *_OURS, *end)
