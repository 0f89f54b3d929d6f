"""The whole stack over TLS, with a certificate of one's own."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest

from tests.authority import Authority, LoopbackConnection, make_authority
from tests.ports import free_port
from tests.stack.client import Client
from tests.stack.http2 import posting
from tests.stack.private_stack import Stack, make_stack


@dataclass(frozen=True)
class Secure:
    """A running stack with TLS=files, and the authority that certified it."""

    stack: Stack
    port: int
    authority: Authority
    said: str

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def client(self) -> Client:
        client = Client(self.stack)
        client.connection = LoopbackConnection("localhost", self.port, self.authority.trusted())
        return client


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    authority, port = make_authority(tmp_path_factory.mktemp("authority")), free_port()
    settings = {
        "TLS": "files",
        "HTTPS_ADDRESS": f"127.0.0.1:{port}",
        "SERVER_NAMES": "localhost",
        "CERTIFICATE_DIR": "./secrets/tls",
    }
    with make_stack(**settings) as stack:
        refused = stack.start(check=False)
        assert refused.returncode == 1
        assert f"{stack.home}/secrets/tls/fullchain.pem is missing" in refused.stderr
        authority.certify(stack.home / "secrets/tls", "localhost")
        yield Secure(stack, port, authority, stack.start().stdout)


def test_the_stack_is_up_at_an_address_of_https_and_status_tells_for_how_long(secure: Secure) -> None:
    assert f"Demijohn is up at {secure.url}/" in secure.said
    told = secure.stack.demijohn("status").stdout
    assert re.search(
        r"^The certificate holds until [-0-9]{10} [0-9:]{5} UTC, 29 days more$", told, re.MULTILINE
    )
    assert f"Serving {secure.url}/ (native runtime)" in told


def test_a_session_s_cookie_is_for_tls_alone_and_works(secure: Secure) -> None:
    client = secure.client()
    page = client.get("/-/sign-in")
    field = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.body.decode())
    assert field is not None
    form = urlencode({"csrf_token": field[1], "token": secure.stack.token}).encode()
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": page.headers["set-cookie"].partition(";")[0],
        "Referer": f"{secure.url}/-/sign-in",
    }
    answer = client.send("POST", "/-/sign-in", form, headers)
    assert answer.status == 302, answer.body
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie.key == "__Host-session"
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert client.get(answer.headers["location"], Cookie=f"{cookie.key}={cookie.value}").status == 200
    client.connection.close()


def test_posts_over_http_2_survive_that_both_slots_change(secure: Secure) -> None:
    numbers = itertools.count()

    def make_body() -> str:
        return json.dumps({"target": "https://example.com/", "slug": f"h2-{next(numbers)}"})

    headers = (f"Authorization: Bearer {secure.stack.token}", "Content-Type: application/json")
    with posting(f"{secure.url}/api/links", secure.authority.root, make_body, headers) as posts:
        for slot in ("web-a", "web-b"):
            secure.stack.demijohn("restart", slot)
    assert not posts.complaints
    # Made once each: a POST that was executed twice would meet its own slug and answer 409.
    assert set(posts.answers) == {"201 2"}, posts.answers
    assert posts.answers["201 2"] > 20 * posts.connections
