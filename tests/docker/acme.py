"""An authority in a container, which certifies for a stack what it finds behind the stack's Nginx."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.authority import make_authority
from tests.docker.containers import running, wait_for
from tests.docker.product import Product

IMAGE = "demijohn-test-pebble"
HOST = "pebble"
DIRECTORY = f"https://{HOST}:14000/dir"
# Two attempts of five at an old nonce are refused, so that clients learn to repeat them. Not here.
AT_ONCE = ("--env", "PEBBLE_VA_NOSLEEP=1", "--env", "PEBBLE_WFE_NONCEREJECT=0")


@dataclass(frozen=True)
class Pebble:
    """Pebble, running."""

    product: Product
    container: str

    def trusted(self) -> ssl.SSLContext:
        """What a client knows that trusts its certificates; they come from a root made at its start."""
        ask = ("curl", "--silent", "--fail", "--insecure", "https://127.0.0.1:15000/roots/0")
        return ssl.create_default_context(cadata=self.product.engine.run("exec", self.container, *ask).stdout)

    def stop(self) -> None:
        self.product.engine.run("stop", "--time", "1", self.container)


def make_network(product: Product, name: str) -> str:
    """Make a network of the stack before Compose does, as Compose would."""
    full = f"{product.name}_{name}"
    labels = {"project": product.name, "network": name}
    options = [
        word for key, value in labels.items() for word in ("--label", f"com.docker.compose.{key}={value}")
    ]
    product.engine.run("network", "create", *options, full)
    return full


@contextmanager
def serving(product: Product, directory: Path, names: tuple[str, ...]) -> Iterator[Pebble]:
    """Run Pebble where the stack's certbot finds it. It proves itself by root.pem in `directory`."""
    make_authority(directory).certify(directory, HOST)
    settings = {
        "listenAddress": "0.0.0.0:14000",
        "managementListenAddress": "127.0.0.1:15000",
        "certificate": "/authority/fullchain.pem",
        "privateKey": "/authority/privkey.pem",
        "httpPort": 8080,
        "tlsPort": 8443,
        "certificateValidityPeriod": 90 * 24 * 3600,
    }
    (directory / "pebble.json").write_text(json.dumps({"pebble": settings}))
    mount = ("--volume", f"{directory}:/authority:ro")
    hosts = [word for name in names for word in ("--add-host", f"{name}:127.0.0.1")]
    network = ("--network", make_network(product, "authority"), "--network-alias", HOST)
    with running(product.engine, *mount, *hosts, *network, *AT_ONCE, IMAGE) as container:
        product.engine.run("network", "connect", make_network(product, "edge"), container)
        pebble = Pebble(product, container)
        ready = ("exec", container, "curl", "-sfk", "https://127.0.0.1:14000/dir")
        wait_for(lambda: product.engine.run(*ready, check=False).returncode == 0)
        yield pebble
