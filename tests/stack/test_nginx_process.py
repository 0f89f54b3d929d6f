"""Starting and stopping Nginx through its entry point."""

import signal
import subprocess
import threading
from collections.abc import Iterator

import pytest

from tests.stack.nginx_site import ENTRYPOINT, Site, serving, wait_until
from tests.stack.nginx_slots import Answer


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def test_stopping_nginx_answers_what_was_begun_and_leaves_nothing_behind(site: Site) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def answer_late(_: object) -> Answer:
        asked.set()
        let_go.wait(20)
        return Answer(body=b"late")

    site.application.answer = answer_late
    replies = []
    client = threading.Thread(target=lambda: replies.append(site.ask("/-/page")))
    client.start()
    assert asked.wait(20)
    site.process.send_signal(signal.SIGQUIT)
    wait_until(lambda: not site.is_healthy())
    let_go.set()
    client.join(20)
    assert replies[0].body == b"late"
    assert site.process.wait(20) == 0
    group = ["ps", "-o", "pid=", "-s", str(site.process.pid)]
    wait_until(lambda: not subprocess.run(group, capture_output=True).stdout)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SLOT_DIR", "", "SLOT_DIR is not set"),
        ("SERVER_NAMES", "a; return 200", "SERVER_NAMES is 'a; return 200'"),
        ("LEDGER_MAX_BYTES", "1G", "LEDGER_MAX_BYTES is '1G'"),
        ("RATE_LIMIT_EXEMPT", "localhost", "Nginx refuses its configuration"),
    ],
)
def test_a_setting_that_cannot_work_is_named(site: Site, name: str, value: str, complaint: str) -> None:
    environment = {**site.environment, "NGINX_DIR": f"{site.home}/other", name: value}
    ended = subprocess.run([str(ENTRYPOINT)], env=environment, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    assert complaint in ended.stderr
