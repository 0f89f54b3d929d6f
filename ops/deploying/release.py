"""A release: one version of the code with the settings it runs under on its host."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ops.paths import ROOT
from ops.settings import Settings

COMPOSE_FILE = "docker-compose.prod.yml"
ENV_FILE = ".env"
MARIADB = "mariadb"


@dataclass(frozen=True)
class Release:
    """`version` names it everywhere: its images, its folder on the host, what /version tells."""

    version: str
    settings: Settings

    @property
    def images(self) -> list[str]:
        names = [f"demijohn-web:{self.version}", f"demijohn-nginx:{self.nginx_tag}"]
        return (
            [*names, f"demijohn-certificates:{self.version}"]
            if self.settings.values["TLS"] == "acme"
            else names
        )

    @property
    def nginx_tag(self) -> str:
        """Nginx's image is named by its content: a release that leaves it alone does not replace it."""
        return digest(ROOT / "nginx")

    @property
    def environment(self) -> dict[str, str]:
        """What the Compose file is filled in with, here where the images are built and on the host."""
        own = {
            "IMAGE_TAG": self.version,
            "MARIADB_TAG": digest(ROOT / MARIADB),
            "NGINX_TAG": self.nginx_tag,
            "VERSION": self.version,
        }
        return {**self.settings.values, **own}

    def write(self, stream: IO[bytes]) -> None:
        """Write an archive of what the host needs of it besides the images."""
        text = "".join(f"{name}={quote(value)}\n" for name, value in sorted(self.environment.items()))
        with tarfile.open(fileobj=stream, mode="w|") as archive:
            for path in self.files():
                archive.add(path, path.relative_to(ROOT), recursive=False, filter=anonymous)
            entry = tarfile.TarInfo(ENV_FILE)
            entry.size, entry.mode = len(text.encode()), 0o600
            archive.addfile(entry, io.BytesIO(text.encode()))

    def files(self) -> Iterator[Path]:
        yield ROOT / COMPOSE_FILE
        yield ROOT / MARIADB
        yield from sorted((ROOT / MARIADB).iterdir())


def anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whoever unpacks it owns it, and containers with users of their own read it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def quote(value: str) -> str:
    """Return a value as Compose reads it back from an env file: only double quotes know escapes."""
    if "'" not in value:
        return f"'{value}'"
    for special in ("\\", '"', "$"):
        value = value.replace(special, f"\\{special}")
    return f'"{value}"'


def digest(directory: Path) -> str:
    """Return twelve digits that change with the content of a directory, its names or its modes."""
    total = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            mode = path.stat().st_mode & 0o111
            total.update(f"{path.relative_to(directory)}\0{mode}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()[:12]
