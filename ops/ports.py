"""Is a TCP port free, and if not, who holds it?"""

import errno
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISSOCK

from ops.errors import DemijohnError

LISTENING = "0A"


def check_ports_are_free(listens: Mapping[str, tuple[str, int]]) -> None:
    """Raise when an address and port, given by the name of their setting, cannot be bound."""
    for setting, (host, port) in listens.items():
        check_port_is_free(setting, host, port)


def check_port_is_free(setting: str, host: str, port: int) -> None:
    """Raise when `host` and `port` cannot be bound, saying why and, if the kernel tells, by whom."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As Nginx does: connections that linger from an earlier run do not hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise DemijohnError(describe(error, setting, host, port)) from error


def describe(error: OSError, setting: str, host: str, port: int) -> str:
    cure = f"set {setting} in .env to another"
    if error.errno == errno.EADDRINUSE:
        holder = find_holder(port)
        by = f" by {holder}" if holder else ""
        return f"port {port} is in use{by}: stop that, or {cure} port"
    if error.errno == errno.EACCES:
        return f"port {port} may be opened by root alone: {cure} port, above 1023"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this host: {cure} address"
    return f"{host}:{port} cannot be opened ({error.strerror}): {cure}"


def find_holder(port: int) -> str | None:
    """Return `name (process id)` of what listens on `port`, if this user may know it."""
    inodes = listening_inodes(port)
    for process in Path("/proc").glob("[0-9]*"):
        if open_sockets(process) & inodes:
            return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return None


def open_sockets(process: Path) -> set[int]:
    """Return the inodes of a process's sockets; none when it is gone, or somebody else's."""
    found = set()
    with suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                status = descriptor.stat()
                if S_ISSOCK(status.st_mode):
                    found.add(status.st_ino)
    return found


def listening_inodes(port: int) -> set[int]:
    """Return the inodes of the sockets that listen on `port`."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for fields in map(str.split, lines):
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(int(fields[9]))
    return found
