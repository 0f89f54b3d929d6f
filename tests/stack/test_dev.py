"""`./demijohn dev`: an edit is live by itself, on a copy of the repository."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.ports import free_port
from tests.stack.client import Client, wait_until
from tests.stack.private_stack import ROOT, Stack

EDITS = 5
# What is promised to a person at a quiet machine; the tests' own machine may be busy.
LIVE_SECONDS = 2.0
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def dev() -> Iterator[Stack]:
    """A copy of the repository, served for development."""
    with tempfile.TemporaryDirectory(prefix="dj-") as directory:
        copy = Path(directory)
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for name in listed.decode().rstrip("\0").split("\0"):
            if (ROOT / name).exists():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        stack = Stack(copy, free_port())
        (copy / ".env").write_text(f"HTTP_ADDRESS=127.0.0.1:{stack.port}\n")
        environment = {name: value for name, value in os.environ.items() if name != "DEMIJOHN_HOME"}
        with (copy / "dev.log").open("wb") as log:
            command = [str(copy / "demijohn"), "dev", "--runtime", "native"]
            process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                wait_until(lambda: process.poll() is not None or page(stack), seconds=180)
                assert process.poll() is None, (copy / "dev.log").read_text()
                yield stack
            finally:
                os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
                process.wait(timeout=120)
        assert stack.processes() == {}


def page(stack: Stack, path: str = "/") -> str:
    try:
        answer = Client(stack, timeout=5).get(path)
    except ConnectionError:
        return ""
    return answer.body.decode() if answer.status == 200 else ""


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


def test_an_edited_view_is_live_without_a_restart(dev: Stack) -> None:
    file = dev.home / "web/pages.py"
    before = file.read_text()
    seconds = edit_until_live(
        dev, file, lambda n: before.replace("Disallow: /-/", f"Disallow: /edit-{n}/"), "/robots.txt"
    )
    assert seconds < LIVE_SECONDS * 3


def test_an_edited_template_is_live(dev: Stack) -> None:
    file = dev.home / "web/templates/index.html"
    before = file.read_text()
    seconds = edit_until_live(dev, file, lambda n: before.replace("</h1>", f" edit-{n}</h1>"), "/")
    assert seconds < LIVE_SECONDS


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
    wait_until(lambda: b"on purpose" in Client(dev).get("/").body, PATIENCE_SECONDS)
    assert b"Werkzeug Debugger" in Client(dev).get("/").body
    file.write_text(before)
    wait_until(lambda: page(dev), PATIENCE_SECONDS)
