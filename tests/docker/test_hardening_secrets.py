"""Where a secret could be read that is not its file, and what an image holds that it need not."""

import pytest

from tests.docker.product import SERVICES, Product

BUILD_TOOLS = ("cc", "gcc", "g++", "make", "uv", "uvx")
NOT_FOR_PRODUCTION = ("locust", "mypy", "playwright", "pytest", "ruff", "supervisor")


@pytest.fixture(scope="module")
def secrets(prod: Product) -> list[str]:
    found = [path.read_text().strip() for path in (prod.directory / "secrets").iterdir()]
    assert len(found) == 4
    assert all(len(secret) > 20 for secret in found)
    return found


def in_image(prod: Product, script: str, *options: str) -> list[str]:
    """What a shell script prints in the final web image, run by root so that it sees everything."""
    words = ("run", "--rm", "--network=none", "--user=0", "--entrypoint=sh", *options)
    return prod.engine.run(*words, f"demijohn-web:{prod.name}", "-c", script).stdout.split()


def test_no_secret_stands_where_the_engine_shows_it(prod: Product, secrets: list[str]) -> None:
    ids = prod.containers()
    images = [prod.inspect(service)["Image"] for service in SERVICES]
    shown = {
        "inspect": prod.engine.run("inspect", *ids.values()).stdout,
        "images": prod.engine.run("image", "inspect", *images).stdout,
        "configuration": prod.compose("config"),
        "logs": prod.compose("logs"),
    }
    for image in set(images):
        shown[f"history of {image}"] = prod.engine.run("history", "--no-trunc", image).stdout
    for service, container in ids.items():
        shown[f"processes of {service}"] = prod.engine.run("top", container, "-eo", "pid,args").stdout
    assert all(shown.values())
    assert "database_root_password" in shown["inspect"]  # the file's name, which is no secret
    for place, text in shown.items():
        assert not [secret for secret in secrets if secret in text], place


def test_no_secret_is_in_the_image(prod: Product, secrets: list[str]) -> None:
    mount = ("--volume", f"{prod.directory}/secrets:/wanted:ro", "--tmpfs", "/tmp")
    places = "/etc /home /opt /root /srv /usr/local /var"
    find = f"{{ cat /wanted/*; echo def.create_app; }} > /tmp/all && grep -rlf /tmp/all {places} || :"
    assert in_image(prod, find, *mount) == ["/srv/web/__init__.py"]
    assert in_image(prod, "find / -xdev -name .env -o -name secrets -type d -path '/srv/*'") == []


def test_the_image_holds_no_compiler_no_package_manager_of_ours_and_no_cache(prod: Product) -> None:
    assert in_image(prod, f"for tool in {' '.join(BUILD_TOOLS)}; do command -v $tool; done || :") == []
    assert in_image(prod, "find / -xdev -path '*/.cache/*' -print -quit") == []
    assert in_image(prod, "command -v python") == ["/opt/venv/bin/python"]


def test_the_image_holds_what_the_application_needs_and_no_more(prod: Product) -> None:
    look = "import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n)])"
    names = " ".join((*NOT_FOR_PRODUCTION, "flask"))
    assert in_image(prod, f"cd / && python -c '{look}' {names}") == ["flask"]
    assert in_image(prod, "ls -A /srv | sort") == ["migrations", "web"]
