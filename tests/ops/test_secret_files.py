import stat
from pathlib import Path

import pytest

from ops.errors import DemijohnError
from ops.secret_files import NAMES, make_secret_files, read_secret


def test_each_secret_is_made_once(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"
    assert make_secret_files(directory) == list(NAMES)
    first = {name: read_secret(directory, name) for name in NAMES}
    assert len(set(first.values())) == len(NAMES)
    assert all(len(secret) >= 43 for secret in first.values())

    (directory / "secret_key").unlink()
    assert make_secret_files(directory) == ["secret_key"]
    assert read_secret(directory, "database_password") == first["database_password"]


def test_nobody_else_gets_past_the_directory(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"
    directory.mkdir(mode=0o755)
    make_secret_files(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE((directory / name).stat().st_mode) for name in NAMES} == {0o444}


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    make_secret_files(tmp_path)
    (tmp_path / "secret_key").unlink()
    (tmp_path / "secret_key").write_text("\n")
    with pytest.raises(DemijohnError, match="secret_key is empty"):
        make_secret_files(tmp_path)
