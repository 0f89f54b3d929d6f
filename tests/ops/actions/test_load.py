from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ops.actions import load
from ops.console import Console
from ops.errors import DemijohnError
from ops.paths import Home
from ops.settings import Settings, load_settings
from tests.ops.actions.test_up import RecordingRuntime
from tests.ops.conftest import RecordingRunner


class LoadRunner(RecordingRunner):
    """Stands for a run: notes its environment and leaves something to remove."""

    def show(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> int:
        super().show(command)
        self.environ_seen = dict(environ or {})
        Path(command[command.index("--leftovers") + 1]).write_text("things purge 'a b' --yes\n")
        if self.interrupted:
            raise KeyboardInterrupt
        return 2

    interrupted = False


@pytest.fixture
def settings(home: Home, example: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(load, "nginx_answers", lambda settings, path: True)
    return load_settings(home, example)


def test_a_run_has_a_token_of_its_own_and_leaves_nothing(settings: Settings, console: Console) -> None:
    runner, runtime = LoadRunner(), RecordingRuntime()
    assert load.run_load(settings, runtime, runner, console, ["smoke"]) == 2
    name = runtime.tokens[0]
    assert runtime.done == [
        f"tokens create {name} --scope write --expires-in 1",
        f"tokens revoke {name}",
        "things purge a b --yes",
    ]
    assert runner.environ_seen == {"LOAD_TOKEN": "the-token"}
    assert "the-token" not in " ".join(runner.commands[0])


def test_an_interrupted_run_leaves_nothing_either(settings: Settings, console: Console) -> None:
    runner, runtime = LoadRunner(), RecordingRuntime()
    runner.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        load.run_load(settings, runtime, runner, console, ["smoke"])
    assert runtime.done[1:] == [f"tokens revoke {runtime.tokens[0]}", "things purge a b --yes"]


def test_a_stack_that_is_down_is_not_loaded(
    settings: Settings, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "nginx_answers", lambda settings, path: False)
    runtime = RecordingRuntime()
    with pytest.raises(DemijohnError, match=r"\./demijohn up starts the stack"):
        load.run_load(settings, runtime, LoadRunner(), console, ["smoke"])
    assert runtime.done == []
