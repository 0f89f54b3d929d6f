"""Nginx of other Debian releases beside the host's own, unpacked and never installed.

A foreign program brings its own C library, so it is started through its own loader.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.docker import debian
from tests.docker.process import BootstrapError

CACHE = Path("/var/cache/demijohn-tests/nginx")
PACKAGES = ("nginx", "libc6", "libcrypt1", "libpcre2-8-0", "libssl3t64", "libzstd1", "zlib1g")
HOST = "the host's own"
SUITES = ("trixie", "forky")


def obtain(source: str) -> Path:
    """Given HOST or a suite of Debian, return a directory to put before PATH, in which `nginx` is.

    Raises BootstrapError when it cannot be had.
    """
    if source == HOST:
        found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if found is None:
            raise BootstrapError("no Nginx is installed")
        return Path(found).parent
    unpacked = CACHE / source
    if not unpacked.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        debian.unpack(PACKAGES, source, scratch=CACHE / f"{source}-apt", into=unpacked)
    launcher = unpacked / "bin/nginx"
    launcher.parent.mkdir(exist_ok=True)
    (loader,) = unpacked.glob("usr/lib64/ld-linux-*")
    (libraries,) = unpacked.glob("usr/lib/*-linux-gnu")
    launcher.write_text(
        f'#!/bin/sh\nexec {loader} --argv0 nginx --library-path {libraries} {unpacked}/usr/sbin/nginx "$@"\n'
    )
    launcher.chmod(0o755)
    return launcher.parent


def version_of(directory: Path) -> tuple[int, ...]:
    """The version of the Nginx in `directory`."""
    return read_version(directory, r"nginx/([0-9.]+)")


def openssl_of(directory: Path) -> tuple[int, ...]:
    """The version of the OpenSSL that it runs with."""
    return read_version(directory, r".*with OpenSSL ([0-9.]+)")


def read_version(directory: Path, pattern: str) -> tuple[int, ...]:
    told = subprocess.run([directory / "nginx", "-V"], capture_output=True, text=True, check=True)
    found = re.search(pattern, told.stderr)
    assert found is not None, told.stderr
    return tuple(map(int, found[1].split(".")))
