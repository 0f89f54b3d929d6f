"""What a release brings to its host."""

import io
import tarfile
from pathlib import Path

import pytest
from dotenv import dotenv_values

from ops.deploying.release import Release, digest, quote
from ops.paths import Home
from ops.settings import load_settings


@pytest.fixture
def release(home: Home, example: Path) -> Release:
    return Release("0123456789ab", load_settings(home, example))


def unpack(release: Release) -> tarfile.TarFile:
    stream = io.BytesIO()
    release.write(stream)
    stream.seek(0)
    return tarfile.open(fileobj=stream)


def test_it_holds_the_compose_file_the_database_s_files_and_the_settings(release: Release) -> None:
    names = unpack(release).getnames()
    assert {"docker-compose.prod.yml", "mariadb/demijohn.cnf", "mariadb/accounts.sh", ".env"} <= set(names)
    assert not [name for name in names if "secret" in name]


def test_its_settings_name_its_images_and_are_closed_to_others(release: Release) -> None:
    with unpack(release) as archive:
        entry = archive.getmember(".env")
        file = archive.extractfile(entry)
        assert file is not None
        values = dotenv_values(stream=io.StringIO(file.read().decode()))
    assert entry.mode == 0o600
    assert values["IMAGE_TAG"] == values["VERSION"] == "0123456789ab"
    assert release.images == ["demijohn-web:0123456789ab", f"demijohn-nginx:{values['NGINX_TAG']}"]


@pytest.mark.parametrize("text", ["", "plain", "two words", "$HOME", 'a "b" c', "it's", "it's $5\\", "#"])
def test_a_setting_is_read_back_as_it_was(text: str) -> None:
    assert dotenv_values(stream=io.StringIO(f"X={quote(text)}\n"), interpolate=False)["X"] in (
        text,
        text.replace("$", "\\$"),  # python-dotenv does not know this escape, which Compose needs
    )


def test_a_digest_changes_with_content_names_and_modes(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_text("x")
    seen = {digest(tmp_path)}
    file.write_text("y")
    seen.add(digest(tmp_path))
    file = file.rename(tmp_path / "two")
    seen.add(digest(tmp_path))
    file.chmod(0o755)
    seen.add(digest(tmp_path))
    assert len(seen) == 4
