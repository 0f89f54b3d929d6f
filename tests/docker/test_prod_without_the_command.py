"""The Compose files by themselves: what the command does, Compose alone can do with the same files."""

import pytest

from tests.docker.engine import Engine
from tests.docker.product import DEVELOPMENT, PRODUCTION, ROOT, SERVICES, Product, clicks
from tests.stack.client import Client, wait_until


@pytest.mark.parametrize("file", [PRODUCTION, DEVELOPMENT])
def test_each_file_is_complete_by_itself(engine: Engine, file: str) -> None:
    done = engine.compose(ROOT / file, "config", "--quiet")
    assert done.stderr == ""


# The last test of the shared stack: to Compose, what it starts with its dependencies differs from what
# the command starts without, so the next `./demijohn up` replaces every container.
def test_data_survives_down_and_compose_alone_starts_it_again(prod: Product) -> None:
    client = Client(prod, token=prod.token)
    client.post("/api/links", {"target": "https://example.com/kept", "slug": "kept-cask"})
    assert client.get("/kept-cask").status == 302
    wait_until(lambda: clicks(prod, "kept-cask") == 1)
    secrets = {path.name: path.read_text() for path in (prod.directory / "secrets").iterdir()}

    assert "its data is kept" in prod.demijohn("down").stdout
    assert prod.containers() == {}
    assert {path.name: path.read_text() for path in (prod.directory / "secrets").iterdir()} == secrets

    prod.compose("up", "-d", "--wait")
    assert Client(prod).get("/kept-cask").headers["location"] == "https://example.com/kept"
    assert clicks(prod, "kept-cask") >= 1
    assert all(prod.health(service) == "healthy" for service in SERVICES)

    before = prod.containers()
    prod.compose("up", "-d", "--wait")
    assert prod.containers() == before
