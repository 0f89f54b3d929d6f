import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ops import cli


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DEMIJOHN_HOME", str(tmp_path))
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["demijohn", *words])
    return cli.main()


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_without_a_verb_the_help_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(monkeypatch, *words) == 0
    assert "Usage: demijohn" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [("nosuch",), ("up", "--runtime", "podman"), ("restart",), ("logs", "mail")]
)
def test_a_wrong_command_line_is_1_and_points_to_the_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(monkeypatch, *words) == 1
    assert "--help" in capsys.readouterr().err


def test_an_expected_error_is_1_and_no_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("WEB_THREADS=0\n")
    assert run(monkeypatch, "status") == 1
    shown = capsys.readouterr().err
    assert "WEB_THREADS is '0'" in shown
    assert "Traceback" not in shown


def test_a_bug_is_70_with_the_trace_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(cli, "show_status", lambda *arguments: 1 / 0)
    assert run(monkeypatch, "status", "--runtime", "native") == 70
    shown = capsys.readouterr().err
    (trace,) = (tmp_path / "var/log").glob("trace-*.txt")
    assert str(trace) in shown
    assert "Traceback" not in shown
    assert "division by zero" in trace.read_text()


def test_an_interruption_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "show_status", interrupt)
    assert run(monkeypatch, "status", "--runtime", "native") == 130


@pytest.mark.parametrize("verb", ["run", "capacity", "calibrate"])
def test_the_exit_code_of_a_load_run_is_passed_on(monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    monkeypatch.setattr(cli, "run_load", lambda *arguments: 4)
    assert run(monkeypatch, "load", verb, "smoke", "--rate", "40", "--runtime", "native") == 4


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--help"),
        ("capacity", "smoke", "-h"),
        ("calibrate", "--help"),
        ("compare", "a", "b"),
        ("report", "a"),
    ],
)
def test_help_and_what_only_reads_results_need_no_stack(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    passed_on: list[tuple[str, ...]] = []

    def show_load(runner: object, verb: str, arguments: tuple[str, ...]) -> int:
        passed_on.append((verb, *arguments))
        return 3

    monkeypatch.setattr(cli, "show_load", show_load)
    assert run(monkeypatch, "load", *words) == 3
    assert [(given[0], *given[1 - len(words) :]) for given in passed_on] == [words]


def test_two_releases_are_compared_with_the_options_that_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    passed_on: list[object] = []

    def run_releases(*arguments: object) -> int:
        passed_on.extend(arguments[-2:])
        return 3

    monkeypatch.setattr(cli, "run_releases", run_releases)
    words = ("--releases", "v1", "HEAD", "--workload", "smoke", "--segments", "4")
    assert run(monkeypatch, "load", "compare", *words) == 3
    assert passed_on == [("v1", "HEAD"), ("--workload", "smoke", "--segments", "4")]


def test_every_verb_says_what_it_does() -> None:
    for name, command in {**cli.cli.commands, **cli.load.commands}.items():
        assert command.get_short_help_str(), name
        assert isinstance(command, click.Command)


@pytest.mark.parametrize(
    "words", [(), ("root@vm", "--key", "k"), ("root@vm", "--cloud-init"), ("--cloud-init",), ("--key", "k")]
)
def test_provision_takes_a_host_or_a_key_for_cloud_init(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(monkeypatch, "provision", *words) == 1
    assert "Give either a host or --cloud-init and --key FILE." in capsys.readouterr().err
