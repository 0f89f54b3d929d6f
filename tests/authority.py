"""Certificates that tests make for themselves, and clients on loopback that trust them."""

import http.client
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    """An authority whose root certificate and key are in a directory."""

    directory: Path

    @property
    def root(self) -> Path:
        return self.directory / "root.pem"

    def certify(self, into: Path, *names: str, days: int = 30) -> None:
        """Write fullchain.pem and privkey.pem of a new certificate for `names` into a directory."""
        into.mkdir(parents=True, exist_ok=True)
        request, extensions = self.directory / "request.pem", self.directory / "extensions"
        extensions.write_text(LEAF + ",".join(f"DNS:{name}" for name in names))
        draft = self.directory / "key.pem"
        openssl("req", "-new", *NEW_KEY, "-keyout", draft, "-out", request, "-subj", f"/CN={names[0]}")
        signer = ("-CA", self.root, "-CAkey", self.directory / "root.key", "-days", str(days))
        openssl(
            "x509", "-req", "-in", request, *signer, "-extfile", extensions, "-out", into / "fullchain.pem"
        )
        draft.replace(into / "privkey.pem")

    def trusted(self) -> ssl.SSLContext:
        """What a client knows that trusts this authority and no other."""
        return ssl.create_default_context(cafile=self.root)


# What strict clients expect of a certificate.
ROOT = ("-addext", "keyUsage=critical,keyCertSign")
LEAF = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nsubjectAltName="
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc")


def make_authority(directory: Path) -> Authority:
    directory.mkdir(parents=True, exist_ok=True)
    authority = Authority(directory)
    key = directory / "root.key"
    openssl(
        "req",
        "-x509",
        *NEW_KEY,
        "-keyout",
        key,
        "-out",
        authority.root,
        "-subj",
        "/CN=tests",
        "-days",
        "30",
        *ROOT,
    )
    return authority


def openssl(*words: str | Path) -> str:
    done = subprocess.run(["openssl", *words], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


class LoopbackConnection(http.client.HTTPSConnection):
    """A connection to a named host that is found on 127.0.0.1."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext, timeout: float = 30) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self.trusted = context

    def connect(self) -> None:
        self.sock = greet(self.host, self.port, self.trusted)


def greet(host: str | None, port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Connect to a port of 127.0.0.1 and shake hands, naming `host`; raises ssl.SSLError."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    try:
        return context.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def serial(host: str, port: int, context: ssl.SSLContext) -> str:
    """The serial number of the certificate that is served.

    Nginx reads the certificate and then its key: a handshake that meets the change of both is made again.
    """
    try:
        return read_serial(host, port, context)
    except ssl.SSLError:
        return read_serial(host, port, context)


def read_serial(host: str, port: int, context: ssl.SSLContext) -> str:
    with greet(host, port, context) as connection:
        return str((connection.getpeercert() or {})["serialNumber"])
