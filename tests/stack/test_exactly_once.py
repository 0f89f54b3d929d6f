"""The promise of the ledger: every redirect that was answered is counted, once, whatever is killed."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.stack.client import Answer, Client, crowd, wait_until
from tests.stack.private_stack import ROOT, Stack

KILLS = 20
ROTATIONS = 5
SLUGS = [f"once-{number}" for number in range(20)]


def make_links(stack: Stack) -> None:
    client = Client(stack, token=stack.token)
    for slug in SLUGS:
        client.post("/api/links", {"target": f"https://example.com/{slug}", "slug": slug})
    client.connection.close()


def follow(client: Client, number: int) -> tuple[str, Answer]:
    kind = "HEAD" if number % 10 == 0 else "GET"
    path = "/once-none" if number % 10 == 1 else f"/{SLUGS[number % len(SLUGS)]}"
    return kind, client.send(kind, path)


def rotate(stack: Stack) -> None:
    """Rotate the ledger as its size would, with Nginx's own script and environment."""
    script = (stack.home / "var/run/nginx.sh").read_text()
    exports = "".join(line for line in script.splitlines(keepends=True) if line.startswith("export "))
    subprocess.run(["sh", "-c", f"{exports}exec nginx/entrypoint.sh rotate"], cwd=ROOT, check=True)


def stored(stack: Stack) -> int:
    client = Client(stack, token=stack.token)
    items = client.get("/api/links?q=once-&limit=200").json["items"]
    client.connection.close()
    return sum(item["humans"] + item["bots"] for item in items)


def workers(stack: Stack) -> set[int]:
    """The ids of the worker's process: the one that lives, and perhaps one that has just been killed."""
    return {number for number, process in stack.processes().items() if is_worker(process)}


def is_worker(process: Path) -> bool:
    try:
        return b"flask\0worker" in (process / "cmdline").read_bytes()
    except OSError:  # it has ended since it was listed
        return False


def ledgers(stack: Stack) -> int:
    return len(list((stack.home / "var/ledger").glob("ledger.log.*")))


def test_clicks_equal_answers_through_killed_ingesters_and_rotated_logs(stack: Stack) -> None:
    make_links(stack)
    killed: set[int] = set()
    rotated = ledgers(stack)
    with crowd(stack, follow) as met:
        for turn in range(KILLS):
            if turn % (KILLS // ROTATIONS) == 0:
                rotate(stack)
            wait_until(lambda: workers(stack) - killed)
            (worker,) = workers(stack) - killed
            time.sleep(1 + 0.17 * (turn % 10))  # so that kills fall at different moments of a pass
            os.kill(worker, signal.SIGKILL)
            killed.add(worker)
    assert not met.failures
    assert len(killed) == KILLS
    assert ledgers(stack) - rotated == ROTATIONS
    answered = met.count("GET", 302)
    assert answered > 1000
    wait_until(lambda: stored(stack) >= answered, seconds=60)
    assert stored(stack) == answered
    assert "sums equal lines" in stack.flask("clicks", "verify").stdout
