"""Certificates from an authority: obtained at the first start, renewed while visitors come, kept."""

import re
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.authority import LoopbackConnection, greet, serial
from tests.docker import acme
from tests.docker.acme import Pebble
from tests.docker.engine import Engine
from tests.docker.product import Product, make_product, write_settings
from tests.ports import free_port
from tests.stack.client import Answer, Client, crowd, wait_until

NAMES = ("wine.demijohn.test", "www.wine.demijohn.test")
SERVICE = "certificates"
PLACE = "/var/lib/demijohn"


@dataclass(frozen=True)
class Secure:
    """A stack with TLS, and what its visitors trust."""

    product: Product
    port: int
    pebble: Pebble
    context: ssl.SSLContext
    said: subprocess.CompletedProcess[str]

    def client(self) -> Client:
        client = Client(self.product)
        client.connection = LoopbackConnection(NAMES[0], self.port, self.context)
        return client

    def get(self, path: str) -> Answer:
        client = self.client()
        try:
            return client.get(path)
        finally:
            client.connection.close()

    def serial(self) -> str:
        return serial(NAMES[0], self.port, self.context)

    def renew(self) -> None:
        """Have certbot renew now, as docs/tls.md says."""
        self.product.compose("exec", "-T", SERVICE, "python", "-SI", "certificates/renewal.py", "now")


@pytest.fixture(scope="module")
def secure(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    directory, port = tmp_path_factory.mktemp("pebble"), free_port()
    settings = {
        "TLS": "acme",
        "HTTPS_ADDRESS": f"127.0.0.1:{port}",
        "SERVER_NAMES": " ".join(NAMES),
        "COMPOSE_PROFILES": "acme",
        "ACME_DIRECTORY": acme.DIRECTORY,
        "ACME_CA_FILE": f"{directory}/root.pem",
    }
    with make_product(engine, **settings) as product, acme.serving(product, directory, NAMES) as pebble:
        said = product.demijohn("up", "--runtime", "docker")
        yield Secure(product, port, pebble, pebble.trusted(), said)


def test_the_first_start_obtains_a_certificate_for_every_name(secure: Secure) -> None:
    assert f"Demijohn is up at https://{NAMES[0]}:{secure.port}/" in secure.said.stdout
    for name in NAMES:
        greet(name, secure.port, secure.context).close()
    answer = secure.get("/")
    assert (answer.status, answer.headers["strict-transport-security"]) == (200, "max-age=63072000")


def test_status_tells_until_when_the_certificate_holds(secure: Secure) -> None:
    told = secure.product.demijohn("status").stdout
    assert re.search(r"^certificates .* healthy ", told, re.MULTILINE)
    assert re.search(
        r"^The certificate holds until [-0-9]{10} [0-9:]{5} UTC, 89 days more$", told, re.MULTILINE
    )


def test_a_renewal_fails_no_request(secure: Secure) -> None:
    before = secure.serial()

    def visit(client: Client, number: int) -> tuple[str, Answer]:
        return "page", client.get("/version")

    with crowd(secure.product, visit, people=3, meet=secure.client) as met:
        secure.renew()
        wait_until(lambda: secure.serial() != before)
        reloaded = met.total
        wait_until(lambda: met.total > reloaded + 100)
    assert not met.failures
    assert set(met.answers) == {("page", 200)}


def test_new_containers_keep_the_certificate_and_the_account(secure: Secure) -> None:
    before, accounts = read_published(secure), find_accounts(secure)
    assert len(accounts) == 1
    secure.product.compose("up", "-d", "--no-deps", "--force-recreate", "--wait", "nginx", SERVICE)
    wait_until(lambda: "not yet due for renewal" in secure.product.compose("logs", SERVICE))
    assert (read_published(secure), find_accounts(secure)) == (before, accounts)
    assert secure.serial() == before


def read_published(secure: Secure) -> str:
    """The serial number of the certificate that Nginx is given."""
    show = ("openssl", "x509", "-noout", "-serial", "-in", f"{PLACE}/certificates/fullchain.pem")
    return secure.product.compose("exec", "-T", SERVICE, *show).strip().removeprefix("serial=")


def find_accounts(secure: Secure) -> list[str]:
    find = ("find", f"{PLACE}/acme", "-name", "private_key.json")
    return secure.product.compose("exec", "-T", SERVICE, *find).split()


def test_nginx_reads_the_certificate_s_key_and_no_other(secure: Secure) -> None:
    listed = secure.product.compose("exec", "-T", "nginx", "ls", "-A", PLACE, f"{PLACE}/certificates")
    assert "acme" not in listed.split()
    assert {"fullchain.pem", "privkey.pem"} <= set(listed.split())
    modes = secure.product.compose(
        "exec", "-T", "nginx", "stat", "-c", "%a", f"{PLACE}/certificates/privkey.pem"
    )
    assert modes.strip() == "440"


def test_what_obtains_certificates_may_do_nothing_else(secure: Secure) -> None:
    described = secure.product.inspect(SERVICE)
    host = described["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert (host["CapDrop"], host["CapAdd"], host["Privileged"]) == (["ALL"], None, False)
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert described["Config"]["User"] == "10001:10001"
    assert set(described["NetworkSettings"]["Networks"]) == {f"{secure.product.name}_authority"}
    assert not host["PortBindings"]
    assert not [mount for mount in described["Mounts"] if "docker.sock" in mount["Source"]]


def test_a_key_exchange_that_withstands_quantum_computers_is_offered(secure: Secure) -> None:
    ask = "openssl s_client -connect 127.0.0.1:8443 -servername $0 -groups X25519MLKEM768 </dev/null 2>&1"
    told = secure.product.compose("exec", "-T", "nginx", "sh", "-c", ask, NAMES[0])
    assert "X25519MLKEM768" in told
    assert "TLSv1.3" in told


# The last one: afterwards nobody certifies any more.
def test_an_authority_that_is_away_is_told_in_the_log_and_stops_nothing(secure: Secure) -> None:
    before = secure.serial()
    secure.pebble.stop()
    write_settings(secure.product.directory / ".env", SERVER_NAMES=" ".join((*NAMES, "new.demijohn.test")))
    secure.product.compose("up", "-d", "--no-deps", SERVICE)
    wait_until(lambda: "the next try is in 5 minutes" in secure.product.compose("logs", SERVICE))
    assert secure.get("/").status == 200
    assert secure.serial() == before
    status = secure.product.demijohn("status", check=False)
    assert status.returncode == 1
    assert "The certificate holds until" in status.stdout
    assert "certificates: not healthy; ./demijohn logs certificates tells more" in status.stderr
