import gzip
import os
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from web.assets import KEPT_SECONDS, Assets, assets


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for folder in ("static", "feature/static"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "static/style.css").write_text("body {}")
    (tmp_path / "feature/static/more.css").write_text("p {}")
    return tmp_path


def test_a_name_changes_with_the_content_and_only_then(tree: Path) -> None:
    first = Assets(tree).url("style.css")
    assert Assets(tree).url("style.css") == first
    (tree / "static/style.css").write_text("body { margin: 0 }")
    assert Assets(tree).url("style.css") != first


def test_in_development_an_edit_changes_the_address_at_once(tree: Path) -> None:
    live = Assets(tree, fresh=True)
    first = live.url("style.css")
    (tree / "static/style.css").write_text("body { margin: 0 }")
    assert live.url("style.css") != first


def test_what_is_published_is_there_plain_and_compressed(tree: Path, tmp_path: Path) -> None:
    source, target = Assets(tree), tmp_path / "published"
    source.publish(target)
    name = source.url("more.css").removeprefix("/static/")
    assert (target / name).read_text() == "p {}"
    assert gzip.decompress((target / f"{name}.gz").read_bytes()) == b"p {}"
    assert not list(target.glob(".*"))


def test_publishing_keeps_the_files_of_the_version_before(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "published"
    Assets(tree).publish(target)
    before = set(target.iterdir())
    (tree / "static/style.css").write_text("changed")
    Assets(tree).publish(target)
    assert before < set(target.iterdir())


def test_publishing_drops_what_was_long_not_published(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "published"
    target.mkdir()
    old = target / "style.000000000000.css"
    old.write_text("old")
    long_ago = time.time() - KEPT_SECONDS - 60
    os.utime(old, (long_ago, long_ago))
    Assets(tree).publish(target)
    assert not old.exists()


def test_the_application_serves_a_file_that_nginx_lacks(client: FlaskClient) -> None:
    with client.get(assets.url("style.css")) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "text/css"


@pytest.mark.parametrize("name", ["none.0123456789ab.css", "style.css", "..", "%2e%2e%2fconfig.py"])
def test_other_names_are_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}").status_code in (308, 404)
