"""What Nginx does to a request on its way in: hosts, headers, identity, refusals, the way to a slot."""

import re
from collections.abc import Iterator

import pytest

from tests.stack.nginx_site import Site, serving
from tests.stack.nginx_slots import Answer

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Request-ID": "forged",
}
BLANKED = (
    "Forwarded",
    "Proxy",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Scheme",
    "X-Forwarded-Server",
    "X-Forwarded-Ssl",
    "X-HTTP-Method-Override",
    "X-Original-URL",
    "X-Real-IP",
    "X-Rewrite-URL",
    "X-Script-Name",
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def test_forwarding_headers_of_the_client_are_overwritten(site: Site) -> None:
    site.ask("/-/page", headers=FORGED)
    (seen,) = site.application.seen
    assert seen.headers.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.headers.get_all("X-Forwarded-Host") == [f"127.0.0.1:{site.port}"]
    assert seen.headers.get_all("X-Forwarded-Proto") == ["http"]
    assert seen.headers.get_all("Host") == [f"127.0.0.1:{site.port}"]
    assert seen.headers["X-Request-ID"] != "forged"


@pytest.mark.parametrize("path", ["/-/page", "/api/x", "/a-slug", "/static/missing.css"])
def test_headers_that_frameworks_believe_do_not_arrive(site: Site, path: str) -> None:
    site.ask(path, headers=dict.fromkeys(BLANKED, "forged"))
    (seen,) = site.application.seen
    assert [name for name in BLANKED if name in seen.headers] == []
    assert "X-Forwarded-For" in seen.headers


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_an_unknown_host_gets_no_answer(site: Site, host: str) -> None:
    answer = site.talk(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert site.application.seen == []


def test_only_a_number_is_forwarded_as_the_port(site: Site) -> None:
    site.talk(b"GET /-/page HTTP/1.1\r\nHost: localhost:80@evil\r\nConnection: close\r\n\r\n")
    assert [seen.headers["Host"] for seen in site.application.seen] in ([], ["localhost"])


def test_a_request_has_one_id_in_the_answer_in_the_log_and_at_the_application(site: Site) -> None:
    site.application.answer = lambda seen: Answer(headers={"X-Request-ID": seen.headers["X-Request-ID"]})
    reply = site.ask("/-/page", headers={"X-Request-ID": "forged", "User-Agent": 'a "quoted"\\ one'})
    (identity,) = reply.headers.get_all("X-Request-ID", [])
    assert re.fullmatch("[0-9a-f]{32}", identity)
    assert site.application.seen[0].headers["X-Request-ID"] == identity
    entry = site.access_log(identity)
    assert (entry["status"], entry["method"], entry["uri"]) == (200, "GET", "/-/page")
    assert entry["agent"] == 'a "quoted"\\ one'
    assert entry["upstream_status"] == "200"
    assert float(str(entry["upstream_response"])) >= 0


def test_no_line_of_the_access_log_can_be_forged(site: Site) -> None:
    agent = b'x"}\t{"request_id":"forged"\x0b\x1b[2J\xff'
    answer = site.talk(
        b"GET /-/page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nUser-Agent: " + agent + b"\r\n\r\n"
    )
    found = re.search(rb"X-Request-ID: (\w+)", answer)
    assert found is not None
    assert '"}\t{"request_id":"forged"\x0b\x1b[2J' in str(site.access_log(found[1].decode())["agent"])


def test_nginx_tells_its_own_health_without_the_application(site: Site) -> None:
    site.application.close()
    reply = site.ask("/-/nginx-health")
    assert (reply.status, reply.body) == (200, b"ok\n")


def test_an_answer_may_have_a_large_header(site: Site) -> None:
    site.application.answer = lambda _: Answer(headers={"Set-Cookie": "x" * 4000, "X-More": "x" * 4000})
    assert site.ask("/-/page").status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_one_slot_is_enough_for_every_request(site: Site, method: str) -> None:
    site.application.close("a")
    replies = [site.ask("/-/page", method, body=b"x") for _ in range(10)]
    assert [reply.body for reply in replies] == [b"b"] * 10


def test_a_post_that_a_slot_took_is_not_sent_again(site: Site) -> None:
    def break_off(_: object) -> Answer:
        raise ConnectionResetError

    site.application.answer = break_off
    assert site.ask("/-/page", "POST", body=b"x").status == 503
    assert len(site.application.seen) == 1
