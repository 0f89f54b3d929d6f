"""Answers past their age: given only while the application allowed it, and replaced as soon as can be."""

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


def outlive(seconds: float) -> None:
    """Let an answer expire without asking for it; Nginx counts whole seconds, and one more."""
    time.sleep(seconds + 1.1)


def test_while_revalidating_the_old_answer_is_given_at_once(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=1, stale-while-revalidate=30"))
    site.ask("/slug")

    def answer_late(_: Seen) -> Answer:
        time.sleep(2)
        return redirect(SECOND, "max-age=60")

    site.application.answer = answer_late
    outlive(1)
    begun = time.monotonic()
    assert site.ask("/slug").headers["Location"] == FIRST
    assert time.monotonic() - begun < 1
    wait_until(lambda: site.ask("/slug").headers["Location"] == SECOND)
    assert [seen.path for seen in site.application.seen] == ["/slug", "/slug"]


@pytest.mark.parametrize("failure", ["no slot", "503"])
def test_a_cached_answer_outlives_the_application(site: Site, failure: str) -> None:
    answer_with(site, redirect(FIRST, "max-age=1, stale-while-revalidate=1, stale-if-error=3600"))
    site.ask("/slug")
    if failure == "no slot":
        site.application.close()
    else:
        answer_with(site, Answer(503))
    outlive(2)
    assert [site.ask("/slug").status for _ in range(5)] == [302] * 5
    assert site.ask("/other").status == 503


def test_a_past_answer_is_refreshed_as_soon_as_the_application_is_well_again(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=1, stale-while-revalidate=30, stale-if-error=3600"))
    site.ask("/slug")
    answer_with(site, Answer(503))
    outlive(1)
    asked = len(site.application.seen)
    assert site.ask("/slug").headers["Location"] == FIRST
    wait_until(lambda: len(site.application.seen) > asked)
    answer_with(site, redirect(SECOND, "max-age=60"))
    wait_until(lambda: site.ask("/slug").headers["Location"] == SECOND)


def test_no_answer_is_given_longer_than_the_application_allowed(site: Site) -> None:
    answer_with(site, redirect(FIRST, "max-age=1, stale-while-revalidate=1, stale-if-error=1"))
    site.ask("/slug")
    answer_with(site, Answer(503))
    outlive(2)
    assert site.ask("/slug").status == 503
    site.application.close()
    assert site.ask("/slug").status == 503


def test_what_did_not_exist_is_found_as_soon_as_it_does(site: Site) -> None:
    answer_with(site, Answer(404, {"Cache-Control": "max-age=1"}))
    assert site.ask("/slug").status == 404
    answer_with(site, redirect(FIRST, "max-age=10, stale-while-revalidate=30, stale-if-error=3600"))
    outlive(1)
    assert site.ask("/slug").status == 302


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_not_answered_from_the_past(site: Site, status: int) -> None:
    answer_with(site, redirect(FIRST, "max-age=1, stale-while-revalidate=1, stale-if-error=3600"))
    site.ask("/slug")
    answer_with(site, Answer(status, {"Cache-Control": "max-age=1"}))
    outlive(2)
    assert site.ask("/slug").status == status
