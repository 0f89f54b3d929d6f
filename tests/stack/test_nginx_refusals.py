"""What Nginx refuses: limits and slow clients, the pages and problems it says so with."""

import re
from collections.abc import Iterator

import pytest

from tests.stack.nginx_client import Reply
from tests.stack.nginx_site import Site, serving
from tests.stack.nginx_slots import Answer

MEBIBYTE = 1024 * 1024


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
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


def test_the_page_asks_for_nothing_that_its_own_policy_forbids(site: Site) -> None:
    site.application.close()
    page = site.ask("/").body.decode()
    assert not re.search(r"<script|<link|<img|\son\w+=|\sstyle=", page)
