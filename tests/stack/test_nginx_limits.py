"""How much, how often and how slowly one address may ask."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.stack.nginx_site import Site, serving, wait_until
from tests.stack.nginx_slots import Answer


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def limited() -> Iterator[Site]:
    with serving(RATE_LIMIT_EXEMPT="") as site:
        yield site


def test_writes_of_one_address_are_limited_and_reads_go_on(limited: Site) -> None:
    replies = [limited.ask("/api/x", "POST", body=b"{}") for _ in range(60)]
    counted = Counter(reply.status for reply in replies)
    assert set(counted) == {200, 429}
    assert counted[200] >= 20
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.json()["status"] == 429
    assert refused.headers["Retry-After"] == "1"
    refused = next(r for r in (limited.ask("/form", "POST") for _ in range(60)) if r.status == 429)
    assert b"<h1>Too many requests</h1>" in refused.body
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
