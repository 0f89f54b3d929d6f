"""The cache before the redirects: steered by the application's Cache-Control, and by nothing else."""

import time
from collections.abc import Iterator

import pytest

from tests.stack.nginx_site import Site, serving, wait_until
from tests.stack.nginx_slots import Answer, Seen

FIRST, SECOND = "https://example.org/first", "https://example.org/second"


def redirect(target: str, cache_control: str) -> Answer:
    return Answer(302, {"Location": target, "Cache-Control": cache_control})


def answer_with(site: Site, answer: Answer) -> None:
    def give(_: Seen) -> Answer:
        return answer

    site.application.answer = give


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def test_an_answer_is_asked_for_once_while_it_is_fresh(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=60"))
    assert {site.ask("/slug").headers["Location"] for _ in range(20)} == {FIRST}
    assert len(site.application.seen) == 1


def test_an_answer_that_says_nothing_of_caching_is_not_cached(site: Site) -> None:
    answer_with(site, Answer(302, {"Location": FIRST}))
    site.ask("/slug")
    site.ask("/slug")
    assert len(site.application.seen) == 2


def test_an_expired_answer_is_asked_for_again(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=1"))
    site.ask("/slug")
    answer_with(site, redirect(SECOND, "max-age=1"))
    wait_until(lambda: site.ask("/slug").headers["Location"] == SECOND)


def test_a_query_string_makes_no_second_entry_and_does_not_arrive(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=60"))
    for query in ("?a=1", "?b=2", "", "?"):
        assert site.ask(f"/slug{query}").status == 302
    assert [seen.path for seen in site.application.seen] == ["/slug"]


@pytest.mark.parametrize("path", ["/slug%0a", "/slug%0d%0aX-Forged:1", "/slug%20HTTP/1.1%0d%0a", "/slug%00"])
def test_no_address_can_forge_a_request_to_the_application(site: Site, path: str) -> None:
    status = site.ask(path).status
    assert [seen.path for seen in site.application.seen] == ([path] if status == 200 else [])
    assert site.ledger_lines() == []


def test_head_is_answered_from_what_get_left_and_the_other_way_round(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=60"))
    assert site.ask("/slug", "HEAD").headers["Location"] == FIRST
    assert site.ask("/slug").headers["Location"] == FIRST
    assert [seen.method for seen in site.application.seen] == ["GET"]


def test_the_browser_is_told_to_keep_nothing_and_sees_each_header_once(site: Site) -> None:
    headers = {"Location": FIRST, "Cache-Control": "max-age=60", "X-Request-ID": "the-first-one"}
    answer_with(site, Answer(302, headers))
    replies = [site.ask("/slug"), site.ask("/slug")]
    identities = [reply.headers.get_all("X-Request-ID", []) for reply in replies]
    assert [reply.headers.get_all("Cache-Control") for reply in replies] == [["private, no-store"]] * 2
    assert [len(found) for found in identities] == [1, 1]
    assert identities[0] != identities[1]
    assert ["the-first-one"] not in identities


def test_nothing_that_tells_visitors_apart_goes_into_a_shared_answer(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=60"))
    site.ask("/slug", headers={"Cookie": "session=mine", "Authorization": "Bearer mine"})
    (seen,) = site.application.seen
    assert "Cookie" not in seen.headers
    assert "Authorization" not in seen.headers


@pytest.mark.parametrize("path", ["/", "/api/links", "/-/page", "/livez", "/version", "/ab", "/a/b"])
def test_other_addresses_are_never_cached(site: Site, path: str) -> None:
    answer_with(site, Answer(200, {"Cache-Control": "max-age=60"}))
    replies = [site.ask(path), site.ask(path)]
    assert len(site.application.seen) == 2
    assert [reply.headers["Cache-Control"] for reply in replies] == ["max-age=60"] * 2


def test_many_who_ask_at_once_for_something_new_are_one_request_to_the_application(site: Site) -> None:
    def answer_late(_: Seen) -> Answer:
        time.sleep(0.3)
        return redirect(FIRST, "max-age=60")

    site.application.answer = answer_late
    connections = [site.connect() for _ in range(20)]
    for connection in connections:
        connection.request("GET", "/slug")
    assert {connection.getresponse().status for connection in connections} == {302}
    assert len(site.application.seen) == 1
    for connection in connections:
        connection.close()
