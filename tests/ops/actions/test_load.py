from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ops.actions import load
from ops.console import Console
from ops.errors import CommandFailed, DemijohnError
from ops.paths import Home
from ops.settings import Settings, load_settings
from tests.ops.actions.test_up import RecordingRuntime
from tests.ops.conftest import RecordingRunner

REST = "things purge a b --yes"


class LoadRunner(RecordingRunner):
    """Stands for a run: notes its environment and leaves something to remove."""

    def show(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> int:
        super().show(command)
        self.environ_seen = dict(environ or {})
        Path(command[command.index("--leftovers") + 1]).write_text("things purge 'a b' --yes\n")
        if self.interrupted:
            raise KeyboardInterrupt
        return self.status

    interrupted = False
    status = 0


@pytest.fixture
def settings(home: Home, example: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(load, "nginx_answers", lambda settings, path: True)
    return load_settings(home, example)


@pytest.fixture
def runner() -> LoadRunner:
    return LoadRunner()


@pytest.fixture
def runtime() -> RecordingRuntime:
    return RecordingRuntime()


def start(
    settings: Settings, runtime: RecordingRuntime, runner: RecordingRunner, verb: str = "run", *words: str
) -> int:
    return load.run_load(settings, runtime, runner, Console(), verb, words)


def value(command: Sequence[str], option: str) -> str:
    return command[command.index(option) + 1]


def test_a_run_has_a_token_of_its_own_and_leaves_nothing(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner
) -> None:
    start(settings, runtime, runner)
    name = runtime.tokens[0]
    assert runtime.done == [
        f"tokens create {name} --scope write --expires-in 1",
        "ask the database",
        f"tokens revoke {name}",
        REST,
    ]
    assert runner.environ_seen == {"LOAD_TOKEN": "the-token"}
    assert "the-token" not in " ".join(runner.commands[0])


@pytest.mark.parametrize("verb", ["run", "capacity", "calibrate"])
def test_each_verb_is_told_the_target_the_topology_and_what_the_person_typed(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner, verb: str
) -> None:
    runtime.running = {"web-a", "web-b", "nginx"}
    start(settings, runtime, runner, verb, "smoke", "--rate", "40")
    (command,) = runner.commands
    assert command[1:4] == ["-m", "loadtests", verb]
    assert command[-3:] == ["smoke", "--rate", "40"]
    assert value(command, "--host") == "http://127.0.0.1:8080"
    assert value(command, "--results") == str(settings.home.path / "var/load")
    assert "--observations" in command
    topology = [command[at + 1] for at, word in enumerate(command) if word == "--topology"]
    assert topology == [
        "runtime=native",
        "slots=2",
        "WEB_CONCURRENCY=2",
        "WEB_THREADS=4",
        "database=11.8.3-MariaDB",
    ]


@pytest.mark.parametrize("status", [0, 1, 2, 3, 4, 130])
def test_the_exit_code_is_passed_on(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner, status: int
) -> None:
    runner.status = status
    assert start(settings, runtime, runner) == status


def test_an_interrupted_run_leaves_nothing_either(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner
) -> None:
    runner.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        start(settings, runtime, runner)
    assert runtime.done[-2:] == [f"tokens revoke {runtime.tokens[0]}", REST]


def test_a_run_that_cannot_be_observed_leaves_no_token(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner
) -> None:
    runtime.fails["ask the database"] = DemijohnError("mariadb is not installed")
    with pytest.raises(DemijohnError, match="mariadb is not installed"):
        start(settings, runtime, runner)
    assert runtime.done[-1] == f"tokens revoke {runtime.tokens[0]}"


def test_what_cannot_be_removed_is_told_and_hides_no_exit_code(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.status = 2
    runtime.fails[REST] = CommandFailed(["flask"], 1, ["gone"])
    assert start(settings, runtime, runner) == 2
    shown = capsys.readouterr().err
    assert "flask things purge 'a b' --yes" in shown
    assert "incomplete" in shown


def test_a_stack_that_is_down_is_not_loaded(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "nginx_answers", lambda settings, path: False)
    with pytest.raises(DemijohnError, match=r"\./demijohn up starts the stack"):
        start(settings, runtime, runner)
    assert runtime.done == []


def test_what_was_not_observed_is_told_once_at_the_end(
    settings: Settings, runtime: RecordingRuntime, runner: LoadRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    start(settings, runtime, runner)
    shown = capsys.readouterr().err
    assert shown.count("Not observed all the time: cpu (no process of the stack is seen from here)") == 1


def test_a_verb_that_needs_no_stack_finds_what_is_below_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = RecordingRunner()
    runner.statuses["compare"] = 3
    (tmp_path / "before").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load.show_load(runner, "compare", ["before", "--baseline", "after"]) == 3
    assert runner.commands[0][1:] == [
        *("-m", "loadtests", "compare"),
        *(str(tmp_path / "before"), "--baseline", "after"),
    ]
