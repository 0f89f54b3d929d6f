"""What Nginx refuses: limits and slow clients, the pages and problems it says so with."""

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.stack.nginx_site import Reply, Site, serving, wait_until
from tests.stack.nginx_slots import Answer

MEBIBYTE = 1024 * 1024


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def limited() -> Iterator[Site]:
    with serving(RATE_LIMIT_EXEMPT="") as site:
        yield site


def check_problem(reply: Reply, status: int) -> None:
    assert (reply.status, reply.headers["Content-Type"]) == (status, "application/problem+json")
    problem = reply.json()
    assert problem["status"] == status
    assert [problem["request_id"]] == reply.headers.get_all("X-Request-ID")
    assert problem["title"]
    assert problem["detail"]
    check_own_headers(reply)


def check_page(reply: Reply, status: int) -> None:
    assert (reply.status, reply.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f"Status {status}".encode() in reply.body
    assert reply.headers["X-Request-ID"].encode() in reply.body
    check_own_headers(reply)


def check_own_headers(reply: Reply) -> None:
    for name in ("Cache-Control", "Content-Security-Policy", "Referrer-Policy", "X-Frame-Options"):
        assert len(reply.headers.get_all(name, [])) == 1, name
    assert reply.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert reply.headers["Server"] == "nginx"


def test_without_a_slot_there_is_a_maintenance_page(site: Site) -> None:
    site.application.close()
    for path in ("/", "/slug", "/static/x.css"):
        reply = site.ask(path)
        check_page(reply, 503)
        assert reply.headers["Retry-After"] == "5"
    reply = site.ask("/api/x", "POST", body=b"{}")
    check_problem(reply, 503)
    assert reply.headers["Retry-After"] == "5"


def test_a_body_that_is_too_large_is_refused(site: Site) -> None:
    assert site.ask("/api/x", "POST", body=bytes(MEBIBYTE)).status == 200
    announced = {"Content-Length": str(MEBIBYTE + 1)}
    check_problem(site.ask("/api/x", "POST", announced), 413)
    check_page(site.ask("/form", "POST", announced), 413)
    assert len(site.application.seen) == 1


def test_lines_and_fields_that_are_too_long_are_refused_before_gunicorn_sees_them(site: Site) -> None:
    check_problem(site.ask("/api/" + "x" * 4200), 414)
    check_page(site.ask("/" + "x" * 4200), 414)
    check_problem(site.ask("/api/x", headers={"X-Long": "x" * 4200}), 431)
    check_page(site.ask("/x", headers={"Cookie": "x" * 4200}), 431)
    assert site.application.seen == []
    site.ask("/api/" + "x" * 3900, headers={"X-Long": "x" * 3900})
    assert len(site.application.seen) == 1


def test_a_request_that_makes_no_sense_gets_a_page(site: Site) -> None:
    answer = site.talk(b"GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"<h1>Bad request</h1>" in answer


def test_refusals_of_the_application_pass_untouched(site: Site) -> None:
    for status in (400, 404, 413, 429, 500, 503):
        site.application.answer = lambda _, status=status: Answer(  # type: ignore[misc]
            status, {"X-Frame-Options": "SAMEORIGIN", "Retry-After": "77"}, b"its own words"
        )
        reply = site.ask("/api/x")
        assert (reply.status, reply.body) == (status, b"its own words")
        assert reply.headers.get_all("X-Frame-Options") == ["SAMEORIGIN"]
        assert reply.headers.get_all("Retry-After") == ["77"]


def test_writes_of_one_address_are_limited_and_reads_go_on(limited: Site) -> None:
    replies = [limited.ask("/api/x", "POST", body=b"{}") for _ in range(60)]
    counted = Counter(reply.status for reply in replies)
    assert set(counted) == {200, 429}
    assert counted[200] >= 20
    refused = next(reply for reply in replies if reply.status == 429)
    check_problem(refused, 429)
    assert refused.headers["Retry-After"] == "1"
    refused = next(r for r in (limited.ask("/form", "POST") for _ in range(60)) if r.status == 429)
    check_page(refused, 429)
    assert limited.ask("/api/x").status == 200


def test_requests_of_one_address_are_limited(limited: Site) -> None:
    statuses = Counter(limited.ask("/-/page").status for _ in range(300))
    assert statuses[200] >= 100
    assert statuses[429] > 0


def test_walking_names_is_limited_at_a_rate_that_no_visitor_reaches(limited: Site) -> None:
    connection, statuses = limited.connect(), Counter[int]()
    for number in range(4000):
        connection.request("GET", f"/slug-{number}")
        response = connection.getresponse()
        response.read()
        statuses[response.status] += 1
        if statuses[429]:
            break
    connection.close()
    assert statuses[200] >= 500
    assert statuses[429] > 0


def test_one_address_holds_a_bounded_number_of_connections(limited: Site) -> None:
    let_go = threading.Event()

    def answer_late(_: object) -> Answer:
        let_go.wait(20)
        return Answer()

    limited.application.answer = answer_late
    connections = [limited.connect() for _ in range(64)]
    for connection in connections:
        connection.request("GET", "/-/page")
    wait_until(lambda: len(limited.application.seen) == 64)
    assert limited.ask("/-/page").status == 429
    let_go.set()
    assert {connection.getresponse().status for connection in connections} == {200}
    for connection in connections:
        connection.close()
    assert limited.ask("/-/page").status == 200


def test_an_exempt_address_is_not_limited(site: Site) -> None:
    assert {site.ask("/api/x", "POST").status for _ in range(100)} == {200}


def test_a_client_that_is_slow_with_header_or_body_is_cut_off(site: Site) -> None:
    head = b"POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
    lasted: dict[str, float] = {}

    def trickle(name: str, begin: bytes) -> None:
        begun = time.monotonic()
        with socket.create_connection(("127.0.0.1", site.port), timeout=0.5) as client:
            client.sendall(begin)
            while time.monotonic() - begun < 30:
                try:
                    if not client.recv(4096):
                        break
                except TimeoutError:
                    if name == "header":
                        client.sendall(b"X-Slow: 1\r\n")
                except ConnectionError:
                    break
        lasted[name] = time.monotonic() - begun

    clients = [
        threading.Thread(target=trickle, args=("header", head)),
        threading.Thread(target=trickle, args=("body", head + b"\r\nx")),
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join(60)
    assert set(lasted) == {"header", "body"}
    assert max(lasted.values()) < 25
    assert site.application.seen == []


def test_the_page_asks_for_nothing_that_its_own_policy_forbids(site: Site) -> None:
    site.application.close()
    page = site.ask("/").body.decode()
    assert not re.search(r"<script|<link|<img|\son\w+=|\sstyle=", page)
