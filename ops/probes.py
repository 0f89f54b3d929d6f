"""Does it answer? Questions asked over sockets, which start no process."""

import http.client
import os
import socket
import ssl
from pathlib import Path

SECONDS = 2.0
# The first byte of a MariaDB greeting's body is the version of the protocol; four bytes precede it.
GREETING_VERSION_AT = 4
PROTOCOL_VERSION = 10


class UnixHTTPConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(os.fspath(self.path))


class NamedTLSConnection(http.client.HTTPConnection):
    """HTTP over TLS, with a host that is found at some address. Nobody's identity is checked."""

    def __init__(self, address: tuple[str, int], host: str) -> None:
        super().__init__(*address, timeout=SECONDS)
        self.name = host
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def connect(self) -> None:
        super().connect()
        self.sock = self.context.wrap_socket(self.sock, server_hostname=self.name)


def answers(connection: http.client.HTTPConnection, path: str, host: str) -> bool:
    """Given a connection, return whether a GET of `path` is answered with 200."""
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def unix_answers(socket_path: Path, path: str, host: str) -> bool:
    return answers(UnixHTTPConnection(socket_path), path, host)


def tcp_answers(address: tuple[str, int], path: str, host: str) -> bool:
    return answers(http.client.HTTPConnection(*address, timeout=SECONDS), path, host)


def tls_answers(address: tuple[str, int], path: str, host: str) -> bool:
    return answers(NamedTLSConnection(address, host), path, host)


def database_greets(socket_path: Path) -> bool:
    """Return whether a MariaDB server on a unix socket greets whoever connects."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SECONDS)
        try:
            connection.connect(os.fspath(socket_path))
            greeting = connection.recv(64)
        except OSError:
            return False
    return greeting[GREETING_VERSION_AT : GREETING_VERSION_AT + 1] == bytes([PROTOCOL_VERSION])
