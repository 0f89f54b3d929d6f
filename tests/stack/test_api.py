"""The API of the sample, through Nginx, on the real database."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.stack.client import Client, wait_until
from tests.stack.private_stack import Stack

names = (f"api-{number}" for number in itertools.count())


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    client = Client(stack, token=stack.token)
    yield client
    client.connection.close()


def test_a_link_is_made_shown_changed_and_retired(client: Client) -> None:
    slug = next(names)
    made = client.post("/api/links", {"target": "https://example.com/a", "slug": slug, "note": "first"})
    assert made.status == 201
    assert made.headers["location"] == f"/api/links/{slug}"
    assert made.json["target"] == "https://example.com/a"

    changed = client.send("PATCH", f"/api/links/{slug}", {"target": "https://example.com/b"})
    assert changed.status == 200
    shown = client.get(f"/api/links/{slug}").json
    assert (shown["target"], shown["note"]) == ("https://example.com/b", "first")

    assert client.send("DELETE", f"/api/links/{slug}").status == 204
    assert client.get(f"/api/links/{slug}").json["retired_at"] is not None
    assert client.get(f"/{slug}").status == 410


def test_a_link_without_a_slug_gets_a_random_one(client: Client) -> None:
    slugs = {client.post("/api/links", {"target": "https://example.com/"}).json["slug"] for _ in range(3)}
    assert len(slugs) == 3
    assert {client.get(f"/{slug}").headers["location"] for slug in slugs} == {"https://example.com/"}


def test_a_retired_slug_is_never_given_again(client: Client) -> None:
    slug = next(names)
    client.post("/api/links", {"target": "https://example.com/", "slug": slug})
    client.send("DELETE", f"/api/links/{slug}")
    again = client.post("/api/links", {"target": "https://example.com/other", "slug": slug})
    assert again.status == 409
    assert again.json["type"] == "/-/api#slug-taken"


def test_slugs_differ_by_case(client: Client) -> None:
    slug = next(names)
    for written in (slug, slug.upper()):
        body = {"target": f"https://example.com/{written}", "slug": written}
        assert client.post("/api/links", body).status == 201
    assert client.get(f"/{slug.upper()}").headers["location"].endswith(slug.upper())


def test_a_link_ends_at_its_expiry_and_not_before(client: Client) -> None:
    slug = next(names)
    ends = datetime.now(UTC) + timedelta(seconds=3)
    body = {"target": "https://example.com/", "slug": slug, "expires_at": ends.isoformat()}
    assert client.post("/api/links", body).status == 201
    assert client.get(f"/{slug}").status == 302
    wait_until(lambda: client.get(f"/{slug}").status == 410, seconds=10)
    assert datetime.now(UTC) >= ends - timedelta(seconds=1)  # the database keeps whole seconds


def test_an_edit_is_live_when_the_cache_s_ten_seconds_are_over(client: Client) -> None:
    slug = next(names)
    client.post("/api/links", {"target": "https://example.com/old", "slug": slug})
    assert client.get(f"/{slug}").headers["location"] == "https://example.com/old"
    client.send("PATCH", f"/api/links/{slug}", {"target": "https://example.com/new"})
    wait_until(lambda: client.get(f"/{slug}").headers["location"] == "https://example.com/new", seconds=15)


def test_a_slug_that_was_asked_for_too_early_works_once_it_is_made(client: Client) -> None:
    slug = next(names)
    assert client.get(f"/{slug}").status == 404
    client.post("/api/links", {"target": "https://example.com/", "slug": slug})
    wait_until(lambda: client.get(f"/{slug}").status == 302, seconds=5)


def test_browsers_are_told_to_keep_no_redirect(client: Client) -> None:
    slug = next(names)
    client.post("/api/links", {"target": "https://example.com/", "slug": slug})
    for _ in range(2):
        answer = client.get(f"/{slug}?utm=x")
        assert answer.headers["cache-control"] == "private, no-store"
        assert "set-cookie" not in answer.headers


def test_lists_are_paged_by_where_they_stopped(client: Client) -> None:
    mark = f"page-mark-{datetime.now(UTC).timestamp()}"
    slugs = [next(names) for _ in range(5)]
    for slug in slugs:
        client.post("/api/links", {"target": "https://example.com/", "slug": slug, "note": mark})
    found, after = [], ""
    while True:
        page = client.get(f"/api/links?q={mark}&limit=2{after}").json
        found += [item["slug"] for item in page["items"]]
        if not page["next"]:
            break
        after = f"&after={page['next']}"
    assert found == slugs[::-1]


def test_links_are_found_by_any_letters_of_their_note(client: Client) -> None:
    slug = next(names)
    client.post("/api/links", {"target": "https://example.com/", "slug": slug, "note": "Größe 100 %_ 🍾"})
    for text in ("Gr%C3%B6%C3%9Fe", "100%20%25_", "%F0%9F%8D%BE"):
        assert [i["slug"] for i in client.get(f"/api/links?q={text}").json["items"]] == [slug]
    assert client.get("/api/links?q=%25%25").json["items"] == []


def test_clicks_come_back_as_totals_a_time_line_and_referrers(client: Client) -> None:
    slug = next(names)
    client.post("/api/links", {"target": "https://example.com/", "slug": slug})
    browser = {"User-Agent": "Mozilla/5.0 Firefox/140.0", "Referer": "https://news.example/item?1"}
    for _ in range(4):
        client.get(f"/{slug}", **browser)
    for _ in range(3):
        client.get(f"/{slug}", **{"User-Agent": "Googlebot/2.1"})
    client.send("HEAD", f"/{slug}")
    client.get(f"/{slug}", **browser, **{"Sec-Purpose": "prefetch"})

    def clicks() -> dict[str, object]:
        found: dict[str, object] = client.get(f"/api/links/{slug}/clicks?unit=hour").json
        return found

    wait_until(lambda: (clicks()["humans"], clicks()["bots"]) == (4, 3), seconds=15)
    shown = client.get(f"/api/links/{slug}/clicks?unit=hour").json
    assert sum(span["humans"] for span in shown["series"]) == 4
    assert len(shown["series"]) in (48, 49)
    assert shown["referrers"] == [{"host": "news.example", "clicks": 4}]
    listed = client.get(f"/api/links/{slug}").json
    assert (listed["humans"], listed["bots"]) == (4, 3)


def test_csv_goes_out_and_comes_back(client: Client) -> None:
    slug, note = next(names), '=1+1 is a formula, "quoted"'
    client.post("/api/links", {"target": "https://example.com/", "slug": slug, "note": note})
    exported = client.get("/api/links.csv")
    assert exported.headers["content-type"].startswith("text/csv")
    assert b"Long URL,Tags,Domain,Short code,Title" in exported.body
    assert b"'=1+1" in exported.body

    again = client.send("POST", "/api/links.csv", exported.body, {"Content-Type": "text/csv"})
    assert again.status == 200
    assert again.json["created"] == 0
    assert again.json["skipped"] > 0
    assert client.get(f"/api/links/{slug}").json["note"] == note


def test_a_csv_file_with_faults_imports_nothing_and_names_each_line(client: Client) -> None:
    good = next(names)
    content = (
        f"Long URL,Tags,Domain,Short code,Title\nhttps://example.com/,,,{good},ok\n"
        "javascript:x,,,bad-one,\nhttps://example.com/,,,a b,\n"
    )
    answer = client.send("POST", "/api/links.csv", content.encode(), {"Content-Type": "text/csv"})
    assert answer.status == 422
    assert "line 3" in answer.json["detail"]
    assert "line 4" in answer.json["detail"]
    assert client.get(f"/api/links/{good}").status == 404


def test_a_reading_token_reads_and_does_not_write(stack: Stack) -> None:
    token = stack.flask("tokens", "create", "reader", "--scope", "read").stdout.split()[-1]
    reader = Client(stack, token=token)
    assert reader.get("/api/links").status == 200
    refused = reader.post("/api/links", {"target": "https://example.com/"})
    assert (refused.status, refused.json["type"]) == (403, "/-/api#scope")
    stack.flask("tokens", "revoke", "reader")
    assert reader.get("/api/links").status == 401
    reader.connection.close()


def test_a_token_is_not_stored_in_clear(stack: Stack) -> None:
    listed = stack.flask("tokens", "list").stdout
    assert stack.token.split(".")[1] not in listed


def test_the_request_id_of_an_error_is_the_one_in_the_header(client: Client) -> None:
    answer = client.get("/api/links/unknown-slug")
    assert answer.json["request_id"] == answer.headers["x-request-id"]
