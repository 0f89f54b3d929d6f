"""A health check that cannot fail says nothing: each service is frozen, and its check has to notice."""

from typing import Any

from tests.docker.product import SERVICES, Product
from tests.stack.client import Client, wait_until

# What to freeze, by a word in its command line. A frozen slot is a frozen gunicorn: its own first process
# is what watches it.
FROZEN = {"worker": "flask worker", "web-a": "gunicorn", "db": "mariadbd", "nginx": "nginx: "}
CHECK_SECONDS = 4


def processes(prod: Product, service: str) -> list[int]:
    table = prod.engine.run("top", prod.containers()[service], "-eo", "pid,args").stdout.splitlines()[1:]
    return [int(line.split()[0]) for line in table if FROZEN[service] in line]


def check(prod: Product, described: Any) -> bool:
    """Run a container's own health check; whether it passes."""
    kind, *words = described["Config"]["Healthcheck"]["Test"]
    command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
    bounded = ("exec", described["Id"], "timeout", str(CHECK_SECONDS), *command)
    return prod.engine.run(*bounded, check=False).returncode == 0


def in_rotation(prod: Product) -> set[str]:
    names = prod.compose("exec", "-T", "web-b", "ls", "/run/web").split()
    return {name for name in names if name.endswith(".sock")}


def test_a_service_that_hangs_is_unhealthy_and_a_slot_leaves_the_rotation(prod: Product) -> None:
    described = [prod.inspect(service) for service in FROZEN]
    assert all(check(prod, container) for container in described)
    assert in_rotation(prod) == {"a.sock", "b.sock"}
    frozen = {service: processes(prod, service) for service in FROZEN}
    try:
        prod.signal("STOP", *frozen["web-a"], *frozen["worker"])
        wait_until(lambda: in_rotation(prod) == {"b.sock"})
        client = Client(prod, timeout=5)
        assert {client.get("/version").status for _ in range(20)} == {200}
        client.connection.close()
        prod.signal("STOP", *frozen["db"], *frozen["nginx"])
        wait_until(lambda: not any(check(prod, container) for container in described))
        wait_until(lambda: prod.health("web-a") == "unhealthy")
    finally:
        prod.signal("CONT", *(number for numbers in frozen.values() for number in numbers))
    wait_until(lambda: in_rotation(prod) == {"a.sock", "b.sock"})
    wait_until(lambda: all(prod.health(service) == "healthy" for service in SERVICES))
