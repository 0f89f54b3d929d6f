"""Static files: Nginx serves what was published, and asks the application for the rest."""

import gzip
from collections.abc import Iterator

import pytest

from tests.stack.nginx_site import Site, serving
from tests.stack.nginx_slots import Answer

HASHED = "style.0123456789ab.css"
STYLE = b"body { color: green }\n"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        static = site.home / "static"
        (static / HASHED).write_bytes(STYLE)
        (static / f"{HASHED}.gz").write_bytes(gzip.compress(STYLE))
        (static / "plain.txt").write_bytes(b"plain")
        site.application.answer = lambda _: Answer(404, body=b"from the application")
        yield site


def test_a_file_with_a_hashed_name_is_kept_for_ever(site: Site) -> None:
    reply = site.ask(f"/static/{HASHED}")
    assert (reply.status, reply.body) == (200, STYLE)
    assert reply.headers.get_all("Cache-Control") == ["public, max-age=31536000, immutable"]
    assert reply.headers["Content-Type"] == "text/css"
    assert reply.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert reply.headers["Vary"] == "Accept-Encoding"
    assert site.application.seen == []


def test_a_browser_that_takes_gzip_gets_the_file_that_was_compressed_beforehand(site: Site) -> None:
    reply = site.ask(f"/static/{HASHED}", headers={"Accept-Encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(reply.body) == STYLE


def test_a_file_whose_name_holds_no_hash_is_asked_for_each_time(site: Site) -> None:
    assert site.ask("/static/plain.txt").headers.get_all("Cache-Control") == ["no-cache"]


@pytest.mark.parametrize("name", ["missing.0123456789ab.css", "", "sub/", "."])
def test_what_was_not_published_is_the_applications_to_answer(site: Site, name: str) -> None:
    reply = site.ask(f"/static/{name}")
    assert (reply.status, reply.body) == (404, b"from the application")
    assert reply.headers["Cache-Control"] is None
    assert len(reply.headers.get_all("X-Request-ID", [])) == 1


@pytest.mark.parametrize("path", ["/static/../run/a.sock", "/static/%2e%2e/log/err", "/static../log/err"])
def test_no_path_leads_out_of_the_directory(site: Site, path: str) -> None:
    answer = site.talk(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.endswith(b"from the application")


def test_a_file_published_later_is_served_at_once(site: Site) -> None:
    name = "new.abcdef012345.css"
    assert site.ask(f"/static/{name}").status == 404
    (site.home / "static" / name).write_bytes(STYLE)
    assert site.ask(f"/static/{name}").body == STYLE
