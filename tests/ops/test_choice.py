from pathlib import Path

import pytest

from ops.console import Console
from ops.errors import CommandFailed, DemijohnError
from ops.paths import Home
from ops.runtimes import choice
from ops.settings import Settings, load_settings
from tests.ops.conftest import RecordingRunner


@pytest.fixture
def settings(home: Home, example: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    return load_settings(home, example)


def chosen(wanted: str | None, settings: Settings, runner: RecordingRunner) -> str:
    return choice.choose(wanted, settings, runner, Console()).name


@pytest.mark.parametrize(
    ("version", "name"), [("2.26.1", "docker"), ("v5.0.1", "docker"), ("1.29.2", "native")]
)
def test_docker_is_chosen_where_compose_v2_answers(
    settings: Settings, runner: RecordingRunner, version: str, name: str
) -> None:
    runner.answers["compose version"] = [version]
    assert chosen(None, settings, runner) == name


def test_native_is_chosen_where_no_engine_answers(settings: Settings, runner: RecordingRunner) -> None:
    runner.answers["docker version"] = CommandFailed(["docker"], 1, [])
    assert chosen(None, settings, runner) == "native"


def test_docker_by_hand_needs_an_engine(settings: Settings, runner: RecordingRunner) -> None:
    runner.answers["docker version"] = CommandFailed(["docker"], 1, [])
    with pytest.raises(DemijohnError, match="no Docker engine"):
        chosen("docker", settings, runner)


def test_the_choice_holds_until_the_stack_is_down(settings: Settings, runner: RecordingRunner) -> None:
    runner.answers["compose version"] = ["2.26.1"]
    choice.remember(settings.home, "native")
    assert chosen(None, settings, runner) == "native"
    with pytest.raises(DemijohnError, match="down stops it first"):
        chosen("docker", settings, runner)
    choice.forget(settings.home)
    assert chosen("docker", settings, runner) == "docker"


def test_native_by_hand_asks_no_engine(settings: Settings, runner: RecordingRunner) -> None:
    assert chosen("native", settings, runner) == "native"
    assert runner.commands == []
