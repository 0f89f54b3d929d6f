"""A slot may be restarted or replaced at any time: no request fails, and none is executed twice."""

import itertools
import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.docker.product import Product
from tests.stack.client import Answer, Client, Crowd, crowd, wait_until

ROUNDS = 3
SLOTS = ("web-a", "web-b")
# Between two requests of a visitor: the machine is to have time for the containers as well.
PAUSE_SECONDS = 0.02


@contextmanager
def writers_and_readers(prod: Product) -> Iterator[Crowd]:
    """A crowd of which every other request changes something; at the end, none of them may have failed."""
    numbers = itertools.count()
    prefix = f"roll-{time.monotonic_ns()}"

    def visit(client: Client, number: int) -> tuple[str, Answer]:
        time.sleep(PAUSE_SECONDS)
        if number % 2:
            return "read", client.get("/api/links?limit=1")
        new = {"target": "https://example.com/", "slug": f"{prefix}-{next(numbers)}"}
        return "write", client.post("/api/links", new)

    with crowd(prod, visit, people=3, token=prod.token) as met:
        yield met
    assert not met.failures
    # A POST that was executed twice would meet its own slug and answer 409.
    assert set(met.answers) == {("read", 200), ("write", 201)}, met.answers
    assert met.count("write", 201) > 100
    listed = Client(prod, token=prod.token).get("/api/links.csv").body.decode()
    assert listed.count(f",{prefix}-") == met.count("write", 201)


@contextmanager
def events(prod: Product) -> Iterator[list[tuple[str, str]]]:
    """What happens to the slots' containers while the block runs, in order, as (service, what).

    It is listened to: the engine itself remembers only its last 256 events.
    """
    happened: list[tuple[str, str]] = []
    scope = ("--filter", f"label=com.docker.compose.project={prod.name}", "--filter", "type=container")
    command = ("docker", "events", *scope, "--format", "{{json .}}")
    environment = {**os.environ, **prod.environment}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as listener:

        def listen() -> None:
            for line in listener.stdout or ():
                event = json.loads(line)
                service = event["Actor"]["Attributes"]["com.docker.compose.service"]
                happened.append((service, event["Action"]))

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield happened
        finally:
            listener.terminate()
            thread.join()


def test_docker_restart_of_one_slot_after_the_other_fails_no_request(prod: Product) -> None:
    with writers_and_readers(prod):
        for _ in range(ROUNDS):
            for slot in SLOTS:
                prod.engine.run("restart", prod.containers()[slot])
                wait_until(lambda slot=slot: prod.health(slot) == "healthy")  # type: ignore[misc]


def test_a_broken_release_takes_no_traffic_and_the_next_one_takes_over_unnoticed(prod: Product) -> None:
    before = prod.containers()
    settings = prod.directory / "web/gunicorn.conf.py"
    kept = settings.read_text()
    page = prod.directory / "web/templates/index.html"
    with writers_and_readers(prod), events(prod) as happened:
        settings.write_text(f'{kept}\nraise LookupError("corked")\n')
        broken = prod.demijohn("up", "--runtime", "docker", check=False)
        assert prod.health("web-b") == "healthy"
        settings.write_text(kept)
        page.write_text(page.read_text().replace("</h1>", " Vintage two.</h1>"))
        prod.demijohn("up", "--runtime", "docker")
    assert broken.returncode == 1
    assert "LookupError: corked" in broken.stderr
    assert "web-a did not become healthy" in broken.stderr.splitlines()[-1]

    assert "Vintage two." in Client(prod).get("/").body.decode()
    after = prod.containers()
    assert not {after[slot] for slot in SLOTS} & {before[slot] for slot in SLOTS}
    assert (after["db"], after["nginx"]) == (before["db"], before["nginx"])
    assert happened.index(("web-a", "health_status: healthy")) < happened.index(("web-b", "kill"))
