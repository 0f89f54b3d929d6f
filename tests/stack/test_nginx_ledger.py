"""The ledger: one line for each answer, none lost by a rotation, none forged by a visitor."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.stack.nginx_site import Site, serving, wait_until
from tests.stack.nginx_slots import Answer

CLIENTS, REQUESTS, ROTATIONS = 4, 1500, 5


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        redirect_always(site)
        yield site


def redirect_always(site: Site) -> None:
    headers = {"Location": "https://example.org/", "Cache-Control": "max-age=60"}
    site.application.answer = lambda _: Answer(302, headers)


def wait_for_lines(site: Site, count: int) -> list[list[str]]:
    wait_until(lambda: len(site.ledger_lines()) >= count)
    lines = site.ledger_lines()
    assert len(lines) == count
    return lines


def test_a_line_says_when_what_and_from_where(site: Site) -> None:
    sent = {"Referer": "https://example.org/x", "User-Agent": "agent/1", "Sec-Purpose": "prefetch"}
    site.ask("/a-Slug_1?from=mail", headers=sent)
    (line,) = wait_for_lines(site, 1)
    assert abs(float(line[0]) - time.time()) < 60
    assert re.fullmatch("[0-9]+-1", line[1])
    assert line[2:] == ["GET", "302", "/a-Slug_1", "prefetch", "https://example.org/x", "agent/1"]


def test_the_id_of_an_answer_from_the_cache_is_in_its_line(site: Site) -> None:
    first, second = (site.ask("/slug").headers["X-Request-ID"] for _ in range(2))
    lines = wait_for_lines(site, 2)
    assert first == site.application.seen[0].headers["X-Request-ID"]
    assert second in {line[1] for line in lines}


def test_a_line_is_written_before_the_connection_is_read_again(site: Site) -> None:
    connection = site.connect()
    for number in range(200):
        connection.request("GET", "/slug")
        connection.getresponse().read()
        assert len(site.ledger_lines()) >= number
    connection.close()


def test_no_header_can_forge_a_field_or_a_line(site: Site) -> None:
    evil = b'x\t302\t/other"\\\x0b\x1b[31m\xff'
    request = b"GET /slug HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%b: %b\r\n\r\n"
    for name in (b"Referer", b"User-Agent", b"Sec-Purpose"):
        site.talk(request % (name, evil))
    lines = wait_for_lines(site, 3)
    assert [len(line) for line in lines] == [8] * 3
    escaped = r"x\x09302\x09/other\x22\x5C\x0B\x1B[31m\xFF"
    assert [line.count(escaped) for line in lines] == [1] * 3


def test_an_answer_from_the_past_has_one_line_whatever_went_on_behind_it(site: Site) -> None:
    stale = "max-age=1, stale-while-revalidate=2, stale-if-error=60"
    redirect = Answer(302, {"Location": "https://example.org/", "Cache-Control": stale})
    site.application.answer = lambda seen: redirect if len(site.application.seen) == 1 else Answer(503)
    asked = 0
    while asked < 5 or len(site.application.seen) < 6:
        assert site.ask("/slug").status == 302
        asked += 1
        time.sleep(0.2)  # through all three ages: fresh, being revalidated, past
    assert {line[3] for line in wait_for_lines(site, asked)} == {"302"}


def test_other_answers_are_in_the_access_log_only(site: Site) -> None:
    reply = site.ask("/api/x")
    assert site.access_log(str(reply.headers["X-Request-ID"]))["uri"] == "/api/x"
    site.ask("/slug")
    assert [line[4] for line in wait_for_lines(site, 1)] == ["/slug"]


def test_every_answer_has_its_line_though_the_ledger_is_rotated_meanwhile(site: Site) -> None:
    statuses: Counter[int] = Counter()
    lock = threading.Lock()

    def visit(client: int) -> None:
        connection = site.connect()
        mine: Counter[int] = Counter()
        for number in range(REQUESTS):
            connection.request("GET", f"/slug-{client}-{number % 7}")
            response = connection.getresponse()
            response.read()
            mine[response.status] += 1
        connection.close()
        with lock:
            statuses.update(mine)

    clients = [threading.Thread(target=visit, args=(client,)) for client in range(CLIENTS)]
    for client in clients:
        client.start()
    for _ in range(ROTATIONS):
        written = site.ledgers()[-1]
        wait_until(lambda written=written: written.exists() and written.stat().st_size)  # type: ignore[misc]
        site.rotate()
    for client in clients:
        client.join(120)
    assert statuses == {302: CLIENTS * REQUESTS}
    assert len(site.ledgers()) == ROTATIONS + 1
    lines = wait_for_lines(site, CLIENTS * REQUESTS)
    assert Counter(line[3] for line in lines) == {"302": CLIENTS * REQUESTS}
    assert len({line[1] for line in lines}) == CLIENTS * REQUESTS


def test_an_empty_ledger_is_not_rotated(site: Site) -> None:
    site.rotate()
    assert len(site.ledgers()) == 1


def test_a_ledger_that_grew_too_large_is_rotated() -> None:
    with serving(LEDGER_MAX_BYTES="500") as site:
        redirect_always(site)
        for _ in range(20):
            site.ask("/slug")
        wait_until(lambda: len(site.ledgers()) == 2)
        site.ask("/slug")
        wait_for_lines(site, 21)


def test_a_rotation_that_was_killed_halfway_is_finished(site: Site) -> None:
    site.ask("/slug")
    ledger = site.ledgers()[-1]
    ledger.rename(f"{ledger}.20260101T000000.000000000Z")
    wait_until(ledger.exists)
    site.ask("/slug")
    wait_for_lines(site, 2)
