"""Who reaches whom: the world Nginx, and nobody the database but what is on its own network."""

import pytest

from tests.docker.product import SERVICES, Product

DEFAULT_ROUTE = "00000000"
CONNECT = "import socket, sys; socket.create_connection((sys.argv[1], 3306), timeout=3)"


def networks(prod: Product, service: str) -> set[str]:
    return {
        name.removeprefix(f"{prod.name}_") for name in prod.inspect(service)["NetworkSettings"]["Networks"]
    }


def can_reach_the_database(prod: Product, network: str) -> bool:
    """Whether a container on one of the stack's networks can connect to the database's port."""
    address = prod.inspect("db")["NetworkSettings"]["Networks"][f"{prod.name}_back"]["IPAddress"]
    words = ("run", "--rm", "--network", f"{prod.name}_{network}", f"demijohn-web:{prod.name}")
    done = prod.engine.run(*words, "python", "-c", CONNECT, address, check=False)
    assert done.returncode == 0 or "OSError" in done.stderr or "TimeoutError" in done.stderr, done.stderr
    return done.returncode == 0


def routes(prod: Product, service: str) -> set[str]:
    table = prod.compose("exec", "-T", service, "cat", "/proc/net/route").splitlines()[1:]
    return {line.split()[1] for line in table}


def test_nginx_is_on_one_network_and_everybody_else_on_the_other(prod: Product) -> None:
    assert networks(prod, "nginx") == {"edge"}
    assert {name for service in SERVICES if service != "nginx" for name in networks(prod, service)} == {
        "back"
    }


def test_the_database_is_reached_from_its_own_network_alone(prod: Product) -> None:
    assert can_reach_the_database(prod, "back")
    assert not can_reach_the_database(prod, "edge")


@pytest.mark.parametrize("service", ["db", "web-a", "worker"])
def test_what_reaches_the_database_has_no_way_out(prod: Product, service: str) -> None:
    assert DEFAULT_ROUTE not in routes(prod, service)
    assert DEFAULT_ROUTE in routes(prod, "nginx")
