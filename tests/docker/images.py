"""Stand-ins for the images that the product builds on, where no registry can be reached.

Each is tagged as the product's Dockerfiles name it, and labelled with a digest of its recipe:
whatever is there already with the right digest is not built again.
"""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.docker import daemon, debian
from tests.docker.engine import Engine
from tests.docker.process import execute, say

STANDINS = Path(__file__).parent / "standins"
BASES = {"debian:trixie": "trixie", "debian:bookworm": "bookworm"}
FOUNDATION = "debian:trixie"
TAGS = {
    "python:3.13-slim-trixie": STANDINS / "python",
    "nginx:1.30-trixie": STANDINS / "nginx",
    "mariadb:11.8": STANDINS / "mariadb",
    # The product knows nothing of this one.
    "demijohn-test-pebble": STANDINS / "pebble",
}
_LABEL = "demijohn.recipe"
# uv and others bring a list of authorities of their own unless told where the system's is.
_BASE_SETTINGS = (f"ENV SSL_CERT_FILE={debian.CERTIFICATES}", 'CMD ["bash"]')


def ensure(engine: Engine) -> None:
    """Make the images that are missing or whose recipe has changed.

    Raises BootstrapError when a package or a build fails.
    """
    mirror = debian.read_mirror()
    with ThreadPoolExecutor() as pool:
        list(pool.map(partial(_ensure_base, engine, mirror), BASES))
        list(pool.map(partial(_ensure_standin, engine), TAGS))


def ensure_vm(engine: Engine, suite: str) -> str:
    """Make the image of a stand-in VM of a release unless it is there, and return its tag."""
    tag = f"demijohn-tests/vm:{suite}"
    _ensure_built(engine, tag, STANDINS / "vm", f"debian:{suite}", "--build-arg", f"SUITE={suite}")
    return tag


def _ensure_base(engine: Engine, mirror: debian.Mirror, tag: str) -> None:
    suite = BASES[tag]
    command = ["mmdebstrap", "--variant=minbase", "--include=ca-certificates"]
    command += [f"--aptopt={setting}" for setting in mirror.settings]
    # The host's certificates, or nothing in the image could verify an intercepting proxy.
    place = debian.CERTIFICATES.parent
    command.append(f"--customize-hook=copy-in {debian.CERTIFICATES} {place}")
    sources = mirror.list_sources(suite)
    words = (*command, *sources, *_BASE_SETTINGS, debian.CERTIFICATES.read_text())
    recipe = _digest(word.encode() for word in words)
    if _has(engine, tag, recipe):
        return
    say(f"making {tag}")
    archive = daemon.CACHE / f"{suite}.tar"
    execute(*command, suite, archive, *sources)
    settings = (*_BASE_SETTINGS, f"LABEL {_LABEL}={recipe}")
    options = [word for setting in settings for word in ("--change", setting)]
    engine.run("import", *options, archive, tag)
    archive.unlink()


def _ensure_standin(engine: Engine, tag: str) -> None:
    _ensure_built(engine, tag, TAGS[tag], FOUNDATION)


def _ensure_built(engine: Engine, tag: str, context: Path, base: str, *options: str) -> None:
    files = (path.read_bytes() for path in sorted(context.iterdir()))
    recipe = _digest((_read_label(engine, base).encode(), *files))
    if not _has(engine, tag, recipe):
        say(f"building {tag}")
        engine.run("build", "--label", f"{_LABEL}={recipe}", "--tag", tag, *options, context)


def _has(engine: Engine, tag: str, recipe: str) -> bool:
    return _read_label(engine, tag) == recipe


def _read_label(engine: Engine, tag: str) -> str:
    template = f'{{{{index .Config.Labels "{_LABEL}"}}}}'
    return engine.run("image", "inspect", "--format", template, tag, check=False).stdout.strip()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()
