"""Static files under names that hold a hash of their content, so that they may be cached for ever.

`asset("style.css")` gives `/static/style.1f0c4a5b9e2d.css`. Each slot publishes its files into a
directory that Nginx serves from, before it takes traffic; older files stay there, so a page that
came from the other version still finds its own. In development the application serves them.
"""

import gzip
import hashlib
import os
import time
from functools import cached_property
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, send_file

from web.access import public

HERE = Path(__file__).parent
COMPRESSIBLE = {".css", ".js", ".svg", ".txt"}
KEPT_SECONDS = 30 * 24 * 3600
HASH_DIGITS = 12

blueprint = Blueprint("assets", __name__)


class Assets:
    """The static files of the frame and of each feature, by their plain names and their hashed ones."""

    def __init__(self, root: Path = HERE, *, fresh: bool = False) -> None:
        self.root = root
        self.fresh = fresh

    @cached_property
    def files(self) -> dict[str, Path]:
        found = [*self.root.glob("static/*"), *self.root.glob("*/static/*")]
        return {path.name: path for path in sorted(found)}

    @cached_property
    def hashed_names(self) -> dict[str, str]:
        return {name: hashed_name(path) for name, path in self.files.items()}

    def url(self, name: str) -> str:
        """Given a file's plain name, return its address; raises KeyError for an unknown one."""
        hashed = hashed_name(self.files[name]) if self.fresh else self.hashed_names[name]
        return f"/static/{hashed}"

    def find(self, hashed: str) -> Path | None:
        """Given a hashed name of any version, return the file, or None when there is none."""
        stem, _, suffix = hashed.rpartition(".")
        return self.files.get(f"{stem.rpartition('.')[0]}.{suffix}")

    def publish(self, target: Path) -> None:
        """Write every file, and a gzip of what compresses, into `target`; drop what is long unused."""
        target.mkdir(parents=True, exist_ok=True)
        for name, hashed in self.hashed_names.items():
            content = self.files[name].read_bytes()
            write_whole(target / hashed, content)
            if Path(name).suffix in COMPRESSIBLE:
                write_whole(target / f"{hashed}.gz", gzip.compress(content, mtime=0))
        for path in target.iterdir():
            if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                path.unlink(missing_ok=True)


def hashed_name(path: Path) -> str:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_DIGITS]
    return f"{path.stem}.{digest}{path.suffix}"


def write_whole(path: Path, content: bytes) -> None:
    """Write by renaming, so that Nginx and the other slot never see half a file."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.chmod(0o644)
    draft.replace(path)


@blueprint.get("/static/<name>")
@public
def static_file(name: str) -> Response:
    """Serve a file that Nginx did not find: development, or the first moments of a new version."""
    path = assets.find(name)
    if path is None:
        abort(404)
    response = send_file(path)
    response.cache_control.no_cache = True
    return response


assets = Assets()


def init_app(app: Flask, *, fresh: bool) -> None:
    assets.fresh = fresh
    app.add_template_global(assets.url, "asset")
    app.register_blueprint(blueprint)
