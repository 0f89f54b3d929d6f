"""What Nginx does over TLS, and how plain HTTP leads there."""

import http.client
import ssl
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.authority import Authority, LoopbackConnection, greet, make_authority, serial
from tests.ports import free_port
from tests.stack.http2 import posting
from tests.stack.nginx_site import ENTRYPOINT, Site, serving, wait_until
from tests.stack.nginx_slots import Answer

HSTS = "max-age=63072000"
# What Mozilla's guideline leaves for TLS 1.2 and a certificate with an elliptic curve.
CIPHERS = {
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def certificates(authority: Authority, tmp_path: Path) -> Path:
    """The directory of a certificate for localhost."""
    authority.certify(tmp_path / "tls", "localhost")
    return tmp_path / "tls"


@pytest.fixture(scope="module")
def shared(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    certificates = tmp_path_factory.mktemp("tls")
    authority.certify(certificates, "localhost")
    with serving(TLS="files", CERTIFICATE_DIR=str(certificates)) as site:
        yield site


@pytest.fixture
def site(shared: Site) -> Site:
    """A site whose application has seen nothing yet."""
    shared.application.seen.clear()
    shared.application.answer = lambda seen: Answer(body=seen.slot.encode())
    return shared


@pytest.fixture
def renewing(certificates: Path) -> Iterator[Site]:
    """A site of its own for a test that changes `certificates`."""
    with serving(TLS="files", CERTIFICATE_DIR=str(certificates)) as site:
        yield site


def ask(
    site: Site, authority: Authority, path: str, method: str = "GET", **headers: str
) -> http.client.HTTPResponse:
    """Ask over TLS; the answer is read."""
    with closing(LoopbackConnection("localhost", site.tls_port, authority.trusted())) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer


def break_off(_: object) -> Answer:
    raise ConnectionResetError


def restrict(
    authority: Authority, version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0"
) -> ssl.SSLContext:
    """What a client knows that speaks one version of TLS alone."""
    context = authority.trusted()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    context.set_ciphers(ciphers)
    return context


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_plain_http_leads_to_tls_and_reaches_no_application(site: Site, method: str) -> None:
    reply = site.ask("/some/page?with=query", method, {"Host": f"localhost:{site.port}"}, body=b"x")
    assert reply.status == 308
    assert reply.headers["Location"] == f"https://localhost:{site.tls_port}/some/page?with=query"
    assert site.application.seen == []


def test_plain_http_on_the_port_of_tls_is_led_to_it(site: Site) -> None:
    answer = http.client.HTTPConnection("127.0.0.1", site.tls_port, timeout=30)
    with closing(answer):
        answer.request("GET", "/page", headers={"Host": "localhost"})
        reply = answer.getresponse()
        assert (reply.status, reply.headers["Location"]) == (308, f"https://localhost:{site.tls_port}/page")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/version", "/-/nginx-health"])
def test_questions_about_health_are_answered_without_tls(site: Site, path: str) -> None:
    assert site.ask(path, headers={"Host": "localhost"}).status == 200


def test_the_application_knows_that_the_visitor_came_over_tls(site: Site, authority: Authority) -> None:
    ask(site, authority, "/-/page", **{"X-Forwarded-Proto": "http"})
    (seen,) = site.application.seen
    assert seen.headers.get_all("X-Forwarded-Proto") == ["https"]
    assert seen.headers["Host"] == f"localhost:{site.tls_port}"


def test_every_answer_over_tls_and_none_over_plain_http_asks_browsers_to_come_back_over_tls(
    site: Site, authority: Authority
) -> None:
    (site.home / "static/a.css").write_text("")
    site.application.answer = lambda _: Answer(302, {"Location": "/", "Cache-Control": "max-age=60"})
    paths = ("/-/page", "/slug", "/slug", "/static/a.css", "/-/nginx-health", "/api/" + "x" * 4200)
    for path in paths:
        assert ask(site, authority, path).headers.get_all("Strict-Transport-Security") == [HSTS], path
    site.application.answer = break_off
    assert ask(site, authority, "/-/page").headers.get_all("Strict-Transport-Security") == [HSTS]
    for path in (*paths, "/livez"):
        assert "Strict-Transport-Security" not in site.ask(path, headers={"Host": "localhost"}).headers, path


@pytest.mark.parametrize(("version", "word"), [("TLSv1_2", "TLSv1.2"), ("TLSv1_3", "TLSv1.3")])
def test_current_versions_of_tls_are_spoken(
    site: Site, authority: Authority, version: str, word: str
) -> None:
    with greet("localhost", site.tls_port, restrict(authority, ssl.TLSVersion[version])) as connection:
        assert connection.version() == word


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_old_versions_of_tls_are_refused(site: Site, authority: Authority, version: str) -> None:
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        greet("localhost", site.tls_port, restrict(authority, ssl.TLSVersion[version]))


def test_no_cipher_is_taken_but_those_of_the_guideline(site: Site, authority: Authority) -> None:
    context = restrict(authority, ssl.TLSVersion.TLSv1_2)
    offered = {str(cipher["name"]) for cipher in context.get_ciphers()}
    assert len(offered) > 50

    def is_taken(cipher: str) -> bool:
        try:
            alone = restrict(authority, ssl.TLSVersion.TLSv1_2, f"{cipher}:@SECLEVEL=0")
            greet("localhost", site.tls_port, alone).close()
        except ssl.SSLError:
            return False
        return True

    assert {cipher for cipher in offered if is_taken(cipher)} == CIPHERS


@pytest.mark.parametrize(("offered", "taken"), [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1")])
def test_http_2_is_spoken_with_whoever_offers_it(
    site: Site, authority: Authority, offered: list[str], taken: str
) -> None:
    context = authority.trusted()
    context.set_alpn_protocols(offered)
    with greet("localhost", site.tls_port, context) as connection:
        assert connection.selected_alpn_protocol() == taken


@pytest.mark.parametrize("name", ["evil.example", None])
def test_an_unknown_name_gets_no_handshake(site: Site, authority: Authority, name: str | None) -> None:
    context = authority.trusted()
    context.check_hostname = False
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        greet(name, site.tls_port, context)


def test_a_known_name_with_an_unknown_host_gets_no_answer(site: Site, authority: Authority) -> None:
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(site, authority, "/-/page", Host="evil.example")
    assert site.application.seen == []


def test_a_new_certificate_is_served_and_no_post_over_http_2_fails(
    renewing: Site, authority: Authority, certificates: Path
) -> None:
    before = serial("localhost", renewing.tls_port, authority.trusted())
    url = f"https://localhost:{renewing.tls_port}/-/page"
    with posting(url, authority.root, lambda: "x") as posts:
        authority.certify(certificates, "localhost")
        wait_until(lambda: serial("localhost", renewing.tls_port, authority.trusted()) != before)
    assert not posts.complaints
    assert set(posts.answers) == {"200 2"}, posts.answers
    assert posts.answers["200 2"] == 100 * posts.connections > 500
    assert "is served" in renewing.errors()


def test_a_pair_that_does_not_fit_is_refused_once_and_the_old_one_serves_on(
    renewing: Site, authority: Authority, certificates: Path, tmp_path: Path
) -> None:
    before = serial("localhost", renewing.tls_port, authority.trusted())
    authority.certify(tmp_path / "other", "localhost")
    (tmp_path / "other/privkey.pem").replace(certificates / "privkey.pem")
    wait_until(lambda: "goes on with what it has" in renewing.errors())
    assert serial("localhost", renewing.tls_port, authority.trusted()) == before
    (tmp_path / "other/fullchain.pem").replace(certificates / "fullchain.pem")
    wait_until(lambda: serial("localhost", renewing.tls_port, authority.trusted()) != before)
    assert renewing.errors().count("goes on with what it has") == 1


def test_until_there_is_a_certificate_the_authority_alone_is_served(
    authority: Authority, tmp_path: Path
) -> None:
    certificates, challenges = tmp_path / "tls", tmp_path / "challenges"
    challenge = challenges / ".well-known/acme-challenge/token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("token.thumbprint")
    with serving(TLS="acme", CERTIFICATE_DIR=str(certificates), CHALLENGE_DIR=str(challenges)) as site:
        host = {"Host": "localhost"}
        assert site.ask("/.well-known/acme-challenge/token", headers=host).body == b"token.thumbprint"
        refused = site.ask("/-/page", headers=host)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
        assert site.ask("/livez", headers=host).status == 200
        with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
            greet("localhost", site.tls_port, authority.trusted())

        authority.certify(certificates, "localhost")
        wait_until(lambda: site.ask("/-/page", headers=host).status == 308)
        assert ask(site, authority, "/-/page").status == 200
        assert site.ask("/.well-known/acme-challenge/token", headers=host).status == 200
        assert site.ask("/.well-known/acme-challenge/../privkey.pem", headers=host).status == 308


def test_what_runs_beside_nginx_may_ask_without_tls(certificates: Path) -> None:
    port = free_port()
    with (
        serving(INSIDE=f"127.0.0.1:{port}", TLS="files", CERTIFICATE_DIR=str(certificates)),
        closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection,
    ):
        connection.request("GET", "/-/page")
        assert connection.getresponse().status == 200


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("TLS", "on", "TLS is 'on'; give off, acme or files"),
        ("CERTIFICATE_DIR", "/nowhere", "/nowhere holds no fullchain.pem and privkey.pem"),
        ("HTTPS_ADDRESS", "", "HTTPS_ADDRESS is not set"),
    ],
)
def test_a_setting_that_cannot_work_is_named(site: Site, name: str, value: str, complaint: str) -> None:
    environment = {**site.environment, "NGINX_DIR": f"{site.home}/other", name: value}
    ended = subprocess.run([str(ENTRYPOINT)], env=environment, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert complaint in ended.stderr
