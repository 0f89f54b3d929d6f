"""Programs from the distribution: which are missing, and how they get installed.

Installing starts no service and leaves none enabled: whoever tries Demijohn keeps ports 80 and 3306
as they were.
"""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops.commands import apt
from ops.console import Console
from ops.errors import DemijohnError
from ops.paths import ROOT
from ops.runner import Runner, search_path

# Where each program comes from on Debian 12, Debian 13 and Ubuntu 24.04. The `core` packages of MariaDB
# hold the programs alone, without the service.
PACKAGES = {
    "chromium": "chromium",
    "curl": "curl",
    "mariadb": "mariadb-client-core",
    "mariadb-dump": "mariadb-client",
    "mariadbd": "mariadb-server-core",
    "nginx": "nginx",
    "openssl": "openssl",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
    "wrk": "wrk",
}
SERVICES = {"nginx": "nginx"}
# Debian asks this program before it starts a service; 101 means that it must not.
POLICY = Path("/usr/sbin/policy-rc.d")
DENY = "#!/bin/sh\n# `./demijohn` is installing packages, and removes this file when it is done.\nexit 101\n"


def provide(runner: Runner, console: Console, programs: Iterable[str]) -> list[str]:
    """Install the packages of the programs that are missing; return their names.

    Raises DemijohnError, with nothing changed, when this user or host cannot install.
    """
    packages = missing(programs)
    check_installable(packages)

    # From here on things change.
    install(runner, console, packages)
    return packages


def missing(programs: Iterable[str]) -> list[str]:
    """Given names of programs, return the packages of those that are not installed."""
    path = search_path(os.environ)
    return sorted({PACKAGES[name] for name in programs if not shutil.which(name, path=path)})


def check_installable(packages: Sequence[str]) -> None:
    """Raise, with the line to run, when packages are missing and this user cannot install them."""
    if not packages:
        return
    names = ", ".join(packages)
    if not shutil.which("apt-get"):
        raise DemijohnError(f"{names} must be installed, and this host has no apt-get: install by hand")
    if os.geteuid() != 0:
        raise DemijohnError(
            f"{names} must be installed. Run this once, it starts no service:\n"
            f"  sudo {ROOT / 'demijohn'} install"
        )


def install(runner: Runner, console: Console, packages: Sequence[str]) -> None:
    """Install packages, and undo what their installation enables."""
    if not packages:
        return
    with console.step(f"Installing {', '.join(packages)}"), services_held_back(POLICY):
        runner.run(apt.update(), environ=apt.WITHOUT_QUESTIONS)
        runner.run(apt.install(packages), environ=apt.WITHOUT_QUESTIONS)
        for package in SERVICES.keys() & set(packages):
            runner.run(apt.disable_service(SERVICES[package]))


@contextmanager
def services_held_back(policy: Path) -> Iterator[None]:
    """Deny every start of a service for as long as the block runs; a policy of the host's comes back."""
    kept = policy.with_name(f"{policy.name}.before-demijohn")
    if policy.exists():
        policy.rename(kept)
    policy.write_text(DENY)
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
        if kept.exists():
            kept.rename(policy)
