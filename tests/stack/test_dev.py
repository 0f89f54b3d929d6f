"""`./demijohn dev`: an edit is live by itself, on a copy of the repository."""

import re
from collections.abc import Iterator

import pytest

from tests.stack.client import Client, wait_until
from tests.stack.dev_stack import developing, page
from tests.stack.private_stack import Stack

PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def dev() -> Iterator[Stack]:
    with developing() as stack:
        yield stack


def test_an_edited_stylesheet_is_live_under_a_new_address(dev: Stack) -> None:
    def stylesheet() -> str:
        return str(re.findall(r'href="(/static/style[^"]+)"', page(dev))[0])

    before = stylesheet()
    (dev.home / "web/static/style.css").write_text("body { color: teal }")
    wait_until(lambda: stylesheet() != before, PATIENCE_SECONDS)
    assert "teal" in page(dev, stylesheet())


def test_a_syntax_error_shows_in_the_page_and_heals_when_mended(dev: Stack) -> None:
    file = dev.home / "web/pages.py"
    before = file.read_text()
    file.write_text(before + "\n)broken(\n")
    wait_until(lambda: "SyntaxError" in Client(dev).get("/").body.decode(), PATIENCE_SECONDS)
    file.write_text(before)
    wait_until(lambda: page(dev), PATIENCE_SECONDS)


def test_an_exception_opens_the_debugger(dev: Stack) -> None:
    file = dev.home / "web/pages.py"
    before = file.read_text()
    file.write_text(
        before.replace(
            '    return render_template("index.html"',
            '    raise LookupError("on purpose")\n    return render_template("index.html"',
        )
    )
    wait_until(
        lambda: b"on purpose" in (body := Client(dev).get("/").body) and b"Werkzeug" in body, PATIENCE_SECONDS
    )
    file.write_text(before)
    wait_until(lambda: page(dev), PATIENCE_SECONDS)
