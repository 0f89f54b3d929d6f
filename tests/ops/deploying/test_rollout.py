"""In which order services are replaced, and who has their places when one will not do."""

import json
from pathlib import PurePath

import pytest

from ops.commands.compose import Compose
from ops.commands.ssh import Ssh
from ops.console import Console
from ops.deploying import rollout
from ops.deploying.rollout import Rollout
from ops.deploying.stack import Stack
from ops.errors import CommandFailed, DemijohnError
from tests.ops.conftest import RecordingRunner


class FakeStack(Stack):
    """A host on which services are started in words alone; in the new version `broken` will not do."""

    def __init__(self, broken: str = "", tells: str = "new") -> None:
        super().__init__(Ssh("vm"), RecordingRunner())
        self.broken, self.tells = broken, tells
        self.started: list[tuple[str, str]] = []

    def compose(self, version: str) -> Compose:
        return Compose(version, PurePath("/x"))

    def run(self, command: list[str]) -> list[str]:  # type: ignore[override]
        version, service = command[command.index("--file") + 1] if "--file" in command else "", command[-1]
        if "up" in command:
            self.started.append((version, service))
            if (version, service) == ("new", self.broken):
                raise CommandFailed(command, 1, ["unhealthy"])
        if "ask" in command:
            return [json.dumps({"version": self.tells})]
        return ["a line of its log"] if "logs" in command else ["id"]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollout, "STEADY_SECONDS", 0.0)


def test_each_service_is_replaced_in_its_turn(console: Console) -> None:
    stack = FakeStack()
    Rollout(stack, console, "old", "new").replace(["web-a", "web-b", "nginx"])
    assert stack.started == [("new", "web-a"), ("new", "web-b"), ("new", "nginx")]


def test_when_one_will_not_do_the_old_version_takes_every_place_back_the_last_first(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = FakeStack(broken="web-b")
    with pytest.raises(DemijohnError, match="web-b did not become healthy; version old serves on"):
        Rollout(stack, console, "old", "new").replace(["web-a", "web-b", "nginx"])
    assert stack.started == [("new", "web-a"), ("new", "web-b"), ("old", "web-b"), ("old", "web-a")]
    assert "a line of its log" in capsys.readouterr().err


def test_a_slot_that_tells_another_version_will_not_do(console: Console) -> None:
    stack = FakeStack(tells="old")
    with pytest.raises(DemijohnError, match="web-a says that it is version old"):
        Rollout(stack, console, "old", "new").replace(["web-a", "web-b"])
    assert stack.started == [("new", "web-a"), ("old", "web-a")]


def test_on_an_empty_host_what_was_started_is_stopped(console: Console) -> None:
    stack = FakeStack(broken="web-a")
    with pytest.raises(DemijohnError, match="nothing serves yet"):
        Rollout(stack, console, "", "new").replace(["db", "web-a"])
    assert stack.started == [("new", "db"), ("new", "web-a")]
