"""The database's container goes away for a while: what Nginx holds goes on, the rest says so."""

import time

from tests.docker.product import SERVICES, Product
from tests.stack.client import Answer, Client, crowd, wait_until

OUTAGE_SECONDS = 15
# The longest rung below Nginx's own: a ping and a new connection, each at most as long as the driver waits.
LADDER_SECONDS = 20
WELL_SECONDS = 5


def visit(client: Client, number: int) -> tuple[str, Answer]:
    if number % 3:
        return "cached", client.get("/outage")
    answer = client.get("/api/links?limit=1")
    return ("uncached" if answer.status == 200 or answer.is_problem else "no problem+json"), answer


def well(prod: Product) -> bool:
    client = Client(prod, token=prod.token)
    answers = client.get("/readyz"), client.post("/api/links", {"target": "https://example.com/"})
    client.connection.close()
    return [answer.status for answer in answers] == [200, 201]


def starts(prod: Product) -> dict[str, str]:
    return {name: prod.inspect(name)["State"]["StartedAt"] for name in SERVICES if name != "db"}


def test_redirects_outlive_a_stopped_database_and_all_is_well_after_its_return(prod: Product) -> None:
    client = Client(prod, token=prod.token)
    client.post("/api/links", {"target": "https://example.com/", "slug": "outage"})
    assert client.get("/outage").status == 302
    database, before = prod.containers()["db"], starts(prod)

    with crowd(prod, visit, people=4, token=prod.token) as met:
        prod.engine.run("stop", database)
        time.sleep(OUTAGE_SECONDS)  # the length of the outage is what is promised
        prod.engine.run("start", database)
        wait_until(lambda: prod.health("db") == "healthy")
        back = time.monotonic()
        wait_until(lambda: well(prod), WELL_SECONDS + 25)
        healed = time.monotonic() - back
    assert not met.failures
    assert {kind for kind, _ in met.answers} == {"cached", "uncached"}
    assert {status for kind, status in met.answers if kind == "cached"} == {302}
    assert {status for kind, status in met.answers if kind == "uncached"} == {200, 503}
    assert met.slowest["uncached"] < LADDER_SECONDS
    assert healed < WELL_SECONDS
    assert starts(prod) == before
    wait_until(lambda: all(prod.health(service) == "healthy" for service in SERVICES))
