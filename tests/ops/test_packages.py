import os
import shutil
import stat
from pathlib import Path

import pytest

from ops import packages
from ops.console import Console
from ops.errors import DemijohnError
from tests.ops.conftest import RecordingRunner


def test_only_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, path: None if name in ("nginx", "mariadb") else name)
    assert packages.missing(["nginx", "mariadb", "mariadbd"]) == ["mariadb-client-core", "nginx"]


def test_without_root_the_line_to_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(DemijohnError, match=r"\n  sudo .*/demijohn install$"):
        packages.check_installable(["nginx"])


def test_without_apt_there_is_nothing_to_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(DemijohnError, match="install by hand"):
        packages.check_installable(["nginx"])


def test_nothing_missing_needs_no_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    packages.check_installable([])


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", path)
    return path


def test_a_new_service_is_neither_started_nor_enabled(
    runner: RecordingRunner, console: Console, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_back = []
    monkeypatch.setattr(runner, "announce", lambda command: None)
    original = runner.run

    def run(command: list[str], **options: object) -> list[str]:
        held_back.append(policy.exists())
        return original(command)

    monkeypatch.setattr(runner, "run", run)
    packages.install(runner, console, ["mariadb-server-core", "nginx"])
    assert [command[-2:] for command in runner.commands] == [
        ["--quiet", "update"],
        ["mariadb-server-core", "nginx"],
        ["nginx", "disable"],
    ]
    assert held_back == [True, True, True]
    assert not policy.exists()


def test_a_policy_of_the_host_comes_back(policy: Path) -> None:
    policy.write_text("theirs")
    with packages.services_held_back(policy):
        assert "exit 101" in policy.read_text()
        assert stat.S_IMODE(policy.stat().st_mode) == 0o755
    assert policy.read_text() == "theirs"


def test_nothing_is_run_when_nothing_is_missing(runner: RecordingRunner, console: Console) -> None:
    packages.install(runner, console, [])
    assert runner.commands == []
