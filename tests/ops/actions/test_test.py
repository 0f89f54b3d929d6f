from pathlib import Path

import pytest

from ops import packages
from ops.actions import test as action
from ops.actions.test import Outcome, run_tests, summarize
from ops.console import Console
from ops.errors import DemijohnError
from ops.paths import Home
from ops.reports import Counts
from tests.ops.conftest import RecordingRunner


@pytest.fixture(autouse=True)
def everything_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "missing", lambda programs: [])
    monkeypatch.setattr(action, "read_counts", lambda report: Counts(passed=3, failed=1))
    monkeypatch.setattr(action, "read_refusal", lambda report: "")


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_without_words_the_code_is_checked_and_every_level_runs(
    home: Home, runner: RecordingRunner, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not run_tests(home, runner, console, [])
    tools = [command[2] for command in runner.commands]
    assert tools == ["ruff", "ruff", "mypy", *["pytest"] * len(action.LEVELS)]
    assert last_line(capsys) == f"{1 + 3 * len(action.LEVELS)} passed, {len(action.LEVELS)} failed"


def test_a_level_runs_alone(home: Home, runner: RecordingRunner, console: Console) -> None:
    run_tests(home, runner, console, ["unit"])
    assert [command[2] for command in runner.commands] == ["pytest"]
    assert "tests/ops" in runner.commands[0]
    assert "tests/stack" not in runner.commands[0]


def test_what_measures_has_the_machine_for_itself(
    home: Home, runner: RecordingRunner, console: Console
) -> None:
    run_tests(home, runner, console, ["stack", "measuring"])
    assert ["--dist=loadfile" in command for command in runner.commands] == [True, False]


def test_files_and_options_go_to_pytest_as_they_are(
    home: Home, runner: RecordingRunner, console: Console
) -> None:
    assert run_tests(home, runner, console, ["tests/ops", "-k", "port"])
    assert runner.commands[0][2:] == ["pytest", "tests/ops", "-k", "port"]


def test_code_that_does_not_pass_its_checks_fails_the_run(
    home: Home,
    runner: RecordingRunner,
    console: Console,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(action, "read_counts", lambda report: Counts(passed=1))
    runner.statuses["mypy"] = 1
    assert not run_tests(home, runner, console, [])
    assert last_line(capsys) == f"{len(action.LEVELS)} passed, 1 failed"


def test_a_level_that_cannot_run_is_named_with_its_reason(
    home: Home,
    runner: RecordingRunner,
    console: Console,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(names: object) -> None:
        raise DemijohnError("nginx must be installed")

    monkeypatch.setattr(packages, "check_installable", refuse)
    assert run_tests(home, runner, console, ["stack"])
    assert "stack      could not run: nginx must be installed" in capsys.readouterr().out
    assert runner.commands == []


@pytest.mark.parametrize("strict", [True, False])
def test_in_ci_a_level_that_cannot_run_is_a_failure(
    console: Console, capsys: pytest.CaptureFixture[str], strict: bool
) -> None:
    outcomes = [Outcome("unit", Counts(passed=5)), Outcome("docker", Counts(skipped=9), why_not="no engine")]
    assert summarize(outcomes, console, strict=strict) is not strict
    assert last_line(capsys) == f"5 passed, {int(strict)} failed"


def test_every_folder_of_tests_belongs_to_a_level() -> None:
    root = Path(__file__).parents[2]
    folders = {f"tests/{path.name}" for path in root.iterdir() if path.is_dir() and "__" not in path.name}
    assert folders <= {folder for level in action.LEVELS.values() for folder in level.folders}
