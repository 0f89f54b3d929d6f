"""How soon an edit is live under `./demijohn dev`."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.stack.client import wait_until
from tests.stack.dev_stack import developing, page
from tests.stack.private_stack import ROOT, Stack

EDITS = 5
PATIENCE_SECONDS = 30
# What is promised is 2 s, on a machine where Flask takes 1 s to start. This one may be busy.
STARTS_OF_FLASK = 2.5
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def dev() -> Iterator[Stack]:
    with developing() as stack:
        yield stack


def edit_until_live(stack: Stack, file: Path, change: Callable[[int], str], path: str) -> float:
    """Write `EDITS` versions of a file; return the median of the seconds until each is served."""
    seconds = []
    for number in range(EDITS):
        mark = f"edit-{number}"
        file.write_text(change(number))
        saved = time.monotonic()
        wait_until(lambda mark=mark: mark in page(stack, path), PATIENCE_SECONDS)  # type: ignore[misc]
        seconds.append(time.monotonic() - saved)
    return median(seconds)


def start_flask() -> float:
    """Return the seconds that the application takes to be loaded, just now."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", "import web"], cwd=ROOT, check=True)
    return time.monotonic() - started


def test_an_edited_view_is_live_without_a_restart(dev: Stack, record_testsuite_property: Record) -> None:
    before_edits = start_flask()
    file = dev.home / "web/pages.py"
    before = file.read_text()
    seconds = edit_until_live(
        dev, file, lambda n: before.replace("Disallow: /-/", f"Disallow: /edit-{n}/"), "/robots.txt"
    )
    record_testsuite_property("seconds until an edited view is live", seconds)
    assert seconds < STARTS_OF_FLASK * max(before_edits, start_flask())


def test_an_edited_template_is_live_sooner_than_flask_would_start(
    dev: Stack, record_testsuite_property: Record
) -> None:
    file = dev.home / "web/templates/index.html"
    before = file.read_text()
    seconds = edit_until_live(dev, file, lambda n: before.replace("</h1>", f" edit-{n}</h1>"), "/")
    record_testsuite_property("seconds until an edited template is live", seconds)
    assert seconds < start_flask()
