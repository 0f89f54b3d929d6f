"""Every redirect that was answered is counted, once, whatever is killed or rotated."""

import time

from tests.docker.product import Product
from tests.stack.client import Answer, Client, crowd, wait_until

KILLS = 5
ROTATIONS = 3
SLUGS = [f"once-{number}" for number in range(20)]


def follow(client: Client, number: int) -> tuple[str, Answer]:
    kind = "HEAD" if number % 10 == 0 else "GET"
    path = "/once-none" if number % 10 == 1 else f"/{SLUGS[number % len(SLUGS)]}"
    return kind, client.send(kind, path)


def stored(prod: Product) -> int:
    client = Client(prod, token=prod.token)
    items = client.get("/api/links?q=once-&limit=200").json["items"]
    client.connection.close()
    return sum(item["humans"] + item["bots"] for item in items)


def kill_worker(prod: Product) -> None:
    """End the worker as a crash would, and wait until the engine has started another."""
    before = prod.process("worker")
    prod.signal("KILL", before)
    wait_until(lambda: prod.process("worker") not in (0, before))


def rotate(prod: Product) -> None:
    """Rotate the ledger as its size would, with Nginx's own script and environment."""
    prod.compose("exec", "-T", "nginx", "/opt/demijohn/nginx/entrypoint.sh", "rotate")


def ledgers(prod: Product) -> int:
    return len(prod.compose("exec", "-T", "worker", "ls", "/var/lib/demijohn/ledger").split())


def test_clicks_equal_answers_through_killed_workers_and_rotated_ledgers(prod: Product) -> None:
    client = Client(prod, token=prod.token)
    for slug in SLUGS:
        client.post("/api/links", {"target": f"https://example.com/{slug}", "slug": slug})
    files = ledgers(prod)
    with crowd(prod, follow, people=4) as met:
        for turn in range(KILLS):
            time.sleep(0.37 * turn)  # so that kills fall at different moments of a pass
            kill_worker(prod)
            if turn < ROTATIONS:
                rotate(prod)
    assert not met.failures
    assert ledgers(prod) - files == ROTATIONS
    answered = met.count("GET", 302)
    assert answered > 1000
    wait_until(lambda: stored(prod) >= answered)
    assert stored(prod) == answered
    assert "sums equal lines" in prod.flask("clicks", "verify")
    wait_until(lambda: prod.health("worker") == "healthy")
