"""Development in containers: an edit is live without a rebuild, and nothing of production is touched."""

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.docker.engine import Engine
from tests.docker.product import DEVELOPMENT, Product, make_product
from tests.stack.client import Client, wait_until

EDITS = 5
PATIENCE_SECONDS = 30
Record = Callable[[str, object], None]
SECRETS = ("secret_key", "database_password", "database_owner_password", "database_root_password")


@pytest.fixture(scope="module")
def dev(engine: Engine) -> Iterator[Product]:
    """A copy of the repository, served for development by Compose alone."""
    with make_product(engine, DEVELOPMENT) as product:
        (product.directory / ".env.example").rename(product.directory / ".env")
        closed = product.directory / "secrets"
        closed.mkdir(mode=0o700)
        for name in SECRETS:
            (closed / name).write_text(f"{secrets.token_urlsafe(32)}\n")
        product.compose("up", "--detach", "--wait")
        yield product


def page(dev: Product, path: str = "/") -> str:
    """What a page says, whatever its status; nothing while nobody answers."""
    client = Client(dev, timeout=5)
    try:
        return client.get(path).body.decode()
    except ConnectionError:
        return ""
    finally:
        client.connection.close()


def edit_until_live(dev: Product, file: str, change: Callable[[str, str], str], path: str) -> float:
    """Write `EDITS` versions of a file; return the median of the seconds until each was served."""
    target, seconds = dev.directory / file, []
    original = target.read_text()
    for number in range(EDITS):
        mark = f"edit-{number}"
        target.write_text(change(original, mark))
        saved = time.monotonic()
        wait_until(lambda mark=mark: mark in page(dev, path), PATIENCE_SECONDS)  # type: ignore[misc]
        seconds.append(time.monotonic() - saved)
    return median(seconds)


def stylesheet(dev: Product) -> str:
    return str(re.findall(r'href="(/static/style[^"]+)"', page(dev))[0])


def test_an_edited_view_is_live_without_a_rebuild(dev: Product, record_testsuite_property: Record) -> None:
    def change(text: str, mark: str) -> str:
        return text.replace("Disallow: /-/", f"Disallow: /{mark}/")

    seconds = edit_until_live(dev, "web/pages.py", change, "/robots.txt")
    record_testsuite_property("seconds until an edited view is live", seconds)


def test_an_edited_template_is_live(dev: Product, record_testsuite_property: Record) -> None:
    def change(text: str, mark: str) -> str:
        return text.replace("</h1>", f" {mark}</h1>")

    seconds = edit_until_live(dev, "web/templates/index.html", change, "/")
    record_testsuite_property("seconds until an edited template is live", seconds)


def test_an_edited_stylesheet_is_live_under_a_new_address(dev: Product) -> None:
    before = stylesheet(dev)
    (dev.directory / "web/static/style.css").write_text("body { color: teal }")
    wait_until(lambda: stylesheet(dev) != before, PATIENCE_SECONDS)
    assert "teal" in page(dev, stylesheet(dev))


def test_a_syntax_error_shows_in_the_page_and_heals_when_mended(dev: Product) -> None:
    module = dev.directory / "web/pages.py"
    kept = module.read_text()
    module.write_text(f"{kept}\n)broken(\n")
    wait_until(lambda: "SyntaxError" in page(dev), PATIENCE_SECONDS)
    module.write_text(kept)
    wait_until(lambda: "Hello World!" in page(dev), PATIENCE_SECONDS)


def test_an_exception_opens_the_debugger_and_only_loopback_reaches_it(dev: Product) -> None:
    module = dev.directory / "web/pages.py"
    kept = module.read_text()
    broken = kept.replace(
        "    return render_template(", '    raise LookupError("on purpose")\n    return render_template('
    )
    module.write_text(broken)
    wait_until(lambda: "Werkzeug Debugger" in page(dev) and "on purpose" in page(dev), PATIENCE_SECONDS)
    module.write_text(kept)
    wait_until(lambda: "Hello World!" in page(dev), PATIENCE_SECONDS)
    published = dev.inspect("nginx")["HostConfig"]["PortBindings"]
    assert published == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(dev.port)}]}
    assert not [name for name in ("db", "web-a", "worker") if dev.inspect(name)["HostConfig"]["PortBindings"]]


def test_the_code_is_mounted_and_cannot_be_changed_from_inside(dev: Product) -> None:
    mounts = {mount["Destination"]: mount for mount in dev.inspect("web-a")["Mounts"]}
    for place in ("/srv/web", "/srv/migrations"):
        assert (mounts[place]["Type"], mounts[place]["RW"]) == ("bind", False)
        assert Path(mounts[place]["Source"]).parent == dev.directory.resolve()


def test_data_and_images_are_not_production_s(dev: Product) -> None:
    """Without the tests' names, as a person runs both files on one host."""
    resolved = {}
    for file in ("docker-compose.prod.yml", DEVELOPMENT):
        words = ("--env-file", "/dev/null", "config", "--format", "json")
        resolved[file] = json.loads(dev.engine.compose(dev.directory / file, *words).stdout)
    production, development = resolved.values()
    assert development["name"] != production["name"]
    for kind in ("volumes", "networks"):
        names = [{made["name"] for made in each[kind].values()} for each in (production, development)]
        assert names[0]
        assert not names[0] & names[1]
    images = [{s["image"] for s in each["services"].values()} for each in (production, development)]
    assert images[0] & images[1] == {"mariadb:11.8"}
