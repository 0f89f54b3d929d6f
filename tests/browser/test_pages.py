"""What people see and do, in Chromium."""

import pytest
from playwright.sync_api import Page, expect

from tests.stack.client import Client, wait_until
from tests.stack.private_stack import Stack

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def signed_in(stack: Stack, page: Page) -> Page:
    page.goto("/-/links")
    page.get_by_label("Your API token").fill(stack.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{stack.url}/-/links")
    return page


def shorten(page: Page, target: str, slug: str = "", note: str = "") -> None:
    page.goto("/-/links")
    page.get_by_label("Target").fill(target)
    page.get_by_label("Slug").fill(slug)
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Shorten").click()


def test_the_front_page_greets_and_is_styled(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading")).to_have_text("Hello World!")
    assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") != "none"


def test_a_link_is_made_followed_counted_and_retired(stack: Stack, signed_in: Page) -> None:
    page = signed_in
    shorten(page, f"https://example.com/{SCRIPT}", "by-hand", f"a note {SCRIPT}")
    expect(page.get_by_text("Made: by-hand")).to_be_visible()
    expect(page.get_by_role("link", name=f"{stack.url}/by-hand")).to_be_visible()

    client = Client(stack)
    hostile = {"User-Agent": "Mozilla/5.0 Firefox/140.0", "Referer": f"https://{SCRIPT}.example/"}
    for referrer in (hostile, hostile | {"Referer": "https://news.example/"}):
        assert client.get("/by-hand", **referrer).status == 302

    def shown() -> str:
        page.reload()
        return page.locator("dl").inner_text()

    wait_until(lambda: "2 times by people" in shown(), seconds=20)
    today = page.locator("svg.timeline g").last
    assert "2 by people, 0 by bots" in (today.text_content() or "")
    box = today.locator("rect.humans").bounding_box()
    assert box is not None
    assert box["height"] > 50
    expect(page.get_by_role("cell", name="news.example")).to_be_visible()

    page.get_by_role("button", name="Retire for good").click()
    expect(page.get_by_text("by-hand is retired")).to_be_visible()
    expect(page.get_by_role("button", name="Retire for good")).to_have_count(0)
    wait_until(
        lambda: client.get("/by-hand").status == 410, seconds=20
    )  # Nginx's copy is ten seconds old at most
    page.goto("/by-hand")
    expect(page.get_by_role("heading")).to_have_text("This link is no longer in use")


def test_a_fault_in_the_form_is_said_on_the_page(signed_in: Page) -> None:
    shorten(signed_in, "https://127.0.0.1/")
    expect(signed_in.get_by_role("status")).to_contain_text("leads back to this service")
    shorten(signed_in, "https://example.com/", "api")
    expect(signed_in.get_by_role("status")).to_contain_text("path of the application")


def test_links_are_found_and_changed(signed_in: Page) -> None:
    page = signed_in
    shorten(page, "https://example.com/old", "change-me", "Wänderung")
    page.goto("/-/links")
    page.get_by_label("Find").fill("änderu")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="change-me").click()
    page.get_by_label("Target").fill("https://example.com/new")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator("dd.target")).to_have_text("https://example.com/new")


def test_a_link_may_end_at_a_time(signed_in: Page) -> None:
    signed_in.goto("/-/links")
    signed_in.get_by_label("Target").fill("https://example.com/")
    signed_in.get_by_label("Ends (UTC)").fill("2040-05-06T07:08")
    signed_in.get_by_role("button", name="Shorten").click()
    expect(signed_in.get_by_text("2040-05-06 07:08 UTC")).to_be_visible()


def test_a_wrong_token_does_not_sign_in(page: Page) -> None:
    page.goto("/-/sign-in")
    page.get_by_label("Your API token").fill("1.wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("status")).to_contain_text("the token is not valid")


def test_the_session_ends_with_its_token(stack: Stack, page: Page) -> None:
    token = stack.flask("tokens", "create", "short-lived").stdout.split()[-1]
    page.goto("/-/sign-in")
    page.get_by_label("Your API token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{stack.url}/-/links")
    stack.flask("tokens", "revoke", "short-lived")
    page.reload()
    expect(page).to_have_url(f"{stack.url}/-/sign-in")


def test_who_may_only_read_cannot_change_anything(stack: Stack, page: Page) -> None:
    token = stack.flask("tokens", "create", "looker", "--scope", "read").stdout.split()[-1]
    page.goto("/-/sign-in")
    page.get_by_label("Your API token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    shorten(page, "https://example.com/", "not-mine")
    expect(page.get_by_text("Your token may only read")).to_be_visible()
    assert Client(stack).get("/not-mine").status == 404


def test_signing_out_ends_the_session(signed_in: Page) -> None:
    signed_in.get_by_role("button", name="Sign out").click()
    signed_in.goto("/-/links")
    expect(signed_in.get_by_role("heading")).to_have_text("Sign in")


def test_a_form_from_elsewhere_is_refused(stack: Stack, signed_in: Page) -> None:
    answer = signed_in.request.post("/-/links", form={"target": "https://example.com/", "slug": "forged"})
    assert answer.status == 400
    assert Client(stack).get("/forged").status == 404


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(signed_in: Page) -> None:
    (cookie,) = signed_in.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"


def test_the_api_page_reads_well(page: Page) -> None:
    page.goto("/-/api")
    expect(page.get_by_role("heading", name="/api/links", exact=False).first).to_be_visible()
    text = page.locator("main").inner_text()
    assert "integer, 1 to 200, else 50" in text
    assert "None" not in text


def test_an_unknown_page_says_so(page: Page) -> None:
    page.goto("/-/nowhere")
    expect(page.get_by_role("heading")).to_have_text("Not Found")
