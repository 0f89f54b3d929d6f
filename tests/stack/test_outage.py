"""The database goes away for half a minute: what Nginx holds goes on, the rest says so in time."""

import os
import signal
import subprocess
import time

import pymysql
from pymysql.constants import ER

from tests.stack.client import Answer, Client, crowd, wait_until
from tests.stack.private_stack import ROOT, Stack

OUTAGE_SECONDS = 30
# The longest rung below Nginx's own: a ping and a new connection, each at most as long as the driver waits.
LADDER_SECONDS = 20
WELL_SECONDS = 5


def visit(client: Client, number: int) -> tuple[str, Answer]:
    if number % 3 == 0:
        return "uncached", client.get("/api/links?limit=1")
    return "cached", client.get("/outage")


def control(stack: Stack, verb: str) -> None:
    """Stop or start the database and nothing else, which only its process manager can do."""
    manager = [str(ROOT / ".venv/bin/supervisorctl"), "-c", str(stack.home / "var/run/supervisor.conf")]
    subprocess.run([*manager, verb, "db"], check=True, capture_output=True)


def database_answers(stack: Stack) -> bool:
    """Tell whether the server talks to whoever connects; that it does not know us is an answer too."""
    try:
        pymysql.connect(
            unix_socket=str(stack.home / "var/run/mariadb.sock"), user="nobody", ssl_disabled=True
        )
    except pymysql.err.OperationalError as error:
        return bool(error.args[0] == ER.ACCESS_DENIED_ERROR)
    return True


def well(stack: Stack) -> bool:
    client = Client(stack, token=stack.token)
    answers = client.get("/readyz"), client.post("/api/links", {"target": "https://example.com/"})
    client.connection.close()
    return [answer.status for answer in answers] == [200, 201]


def test_redirects_outlive_a_stopped_database_and_all_is_well_after_its_return(stack: Stack) -> None:
    client = Client(stack, token=stack.token)
    client.post("/api/links", {"target": "https://example.com/", "slug": "outage"})
    assert client.get("/outage").status == 302
    before = stack.process_ids()

    with crowd(stack, visit, token=stack.token) as met:
        control(stack, "stop")
        time.sleep(OUTAGE_SECONDS)  # the length of the outage is what is promised
        control(stack, "start")
        wait_until(lambda: database_answers(stack))
        back = time.monotonic()
        wait_until(lambda: well(stack))
        healed = time.monotonic() - back
    assert not met.failures
    assert {status for kind, status in met.answers if kind == "cached"} == {302}
    assert {status for kind, status in met.answers if kind == "uncached"} == {200, 503}
    assert met.slowest["uncached"] < LADDER_SECONDS
    assert healed < WELL_SECONDS
    after = stack.process_ids()
    assert {name: after[name] for name in ("web-a", "web-b", "worker", "nginx")} == {
        name: before[name] for name in ("web-a", "web-b", "worker", "nginx")
    }


def test_a_frozen_database_is_an_answer_in_time_and_not_a_hang(stack: Stack) -> None:
    client = Client(stack, token=stack.token)
    client.post("/api/links", {"target": "https://example.com/", "slug": "frozen"})
    assert client.get("/frozen").status == 302
    database = stack.process_ids()["db"]
    os.kill(database, signal.SIGSTOP)
    try:
        refused = client.get("/api/links?limit=1")
        cached = client.get("/frozen")
    finally:
        os.kill(database, signal.SIGCONT)
    assert (refused.status, refused.is_problem) == (503, True)
    assert refused.seconds < LADDER_SECONDS
    assert cached.status == 302
    assert cached.seconds < refused.seconds
    wait_until(lambda: well(stack), seconds=WELL_SECONDS)
