"""The order of things when the stack starts, and what happens when it does not."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import NoReturn

import pytest

from ops.actions import up
from ops.console import Console
from ops.conversation import Conversation
from ops.errors import DemijohnError, ServiceFailed
from ops.observer import Vantage
from ops.paths import Home
from ops.runtimes import CERTIFICATES, SERVICES, ServiceState
from ops.runtimes.choice import recall
from ops.settings import Settings, load_settings
from ops.tls import Validity

FIRST_TOKEN = "tokens create first --scope write --first"


class SilentDatabase(Conversation):
    """Tells its version, and nothing else."""

    def __init__(self) -> None:
        super().__init__(StringIO(), StringIO())

    def ask(self, question: str, seconds: float) -> str:
        if "VERSION" in question:
            return "11.8.3-MariaDB"
        raise TimeoutError("no answer")


class RecordingRuntime:
    """Notes what it is asked to do; `fails` raises where a test wants it to."""

    name = "native"

    def __init__(self) -> None:
        self.services: Sequence[str] = [service for service in SERVICES if service != CERTIFICATES]
        self.done: list[str] = []
        self.running: set[str] = set()
        self.up_to_date: set[str] = set()
        self.fails: dict[str, BaseException] = {}
        self.tokens: list[str] = []
        self.certificate: Validity | None = None

    def note(self, what: str) -> None:
        self.done.append(what)
        if what in self.fails:
            raise self.fails[what]

    def check(self) -> None:
        self.note("check")

    def prepare(self) -> None:
        self.note("prepare")

    def start(self, service: str) -> bool:
        if service in self.up_to_date:
            return False
        self.running.add(service)
        self.note(f"start {service}")
        return True

    def prepare_database(self) -> None:
        self.note("prepare database")

    def stop(self, service: str) -> None:
        self.running.discard(service)
        self.note(f"stop {service}")

    def restart(self, service: str) -> None:
        self.note(f"restart {service}")

    def down(self) -> None:
        self.note("down")

    def states(self) -> list[ServiceState]:
        return [ServiceState(name, "", running=name in self.running) for name in self.services]

    def find_certificate(self) -> Validity | None:
        return self.certificate

    def last_lines(self, service: str, count: int) -> list[str]:
        return []

    def flask(self, *arguments: str) -> list[str]:
        self.note(" ".join(arguments))
        if arguments[1] != "create" or ("--first" in arguments and self.tokens):
            return []
        self.tokens.append(arguments[2])
        return ["a word before", "the-token"]

    def logs(self, services: Sequence[str], *, follow: bool) -> NoReturn:
        raise NotImplementedError

    @contextmanager
    def ask_database(self) -> Iterator[Conversation]:
        self.note("ask the database")
        yield SilentDatabase()

    def find_vantage(self) -> Vantage:
        return Vantage(self.services, dict, lambda processes: Path("/nowhere"))

    def shell(self) -> NoReturn:
        raise NotImplementedError

    def sql_prompt(self) -> NoReturn:
        raise NotImplementedError


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> RecordingRuntime:
    monkeypatch.setattr(up, "nginx_answers", lambda settings, path: True)
    monkeypatch.setattr(up, "tls_answers", lambda settings, path: True)
    monkeypatch.setattr(up, "SERVING_SECONDS", 0)
    return RecordingRuntime()


@pytest.fixture
def settings(home: Home, example: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(up, "write_env_file", lambda home: True)
    return load_settings(home, example)


def test_services_start_in_order_and_the_schema_before_what_needs_it(
    settings: Settings, runtime: RecordingRuntime, console: Console
) -> None:
    up.start_stack(settings, runtime, console)
    assert runtime.done == [
        "check",
        "prepare",
        "start db",
        "prepare database",
        "start web-a",
        "start web-b",
        "start worker",
        "start nginx",
        FIRST_TOKEN,
    ]


def test_the_first_token_is_shown_once(
    settings: Settings, runtime: RecordingRuntime, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    up.start_stack(settings, runtime, console)
    assert "the-token" in capsys.readouterr().out
    up.start_stack(settings, runtime, console)
    assert "the-token" not in capsys.readouterr().out


def test_the_end_names_the_address_and_three_commands(
    settings: Settings, runtime: RecordingRuntime, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    up.start_stack(settings, runtime, console)
    out = capsys.readouterr().out
    assert "Demijohn is up at http://127.0.0.1:8080/" in out
    assert len(out.partition("Try next:\n")[2].splitlines()) == 3


def test_a_second_start_changes_nothing_and_says_so(
    settings: Settings, runtime: RecordingRuntime, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.up_to_date = set(SERVICES)
    up.start_stack(settings, runtime, console)
    assert not any(done.startswith(("start", "stop")) for done in runtime.done)
    assert "nothing had to change" in capsys.readouterr().out


def test_what_can_fail_cheaply_fails_before_anything_changes(
    settings: Settings, runtime: RecordingRuntime, console: Console
) -> None:
    runtime.fails["check"] = DemijohnError("no room")
    with pytest.raises(DemijohnError, match="no room"):
        up.start_stack(settings, runtime, console)
    assert runtime.done == ["check"]
    assert not settings.home.var.exists()


@pytest.mark.parametrize(
    "failing", ["start db", "prepare database", "start web-b", "start nginx", FIRST_TOKEN]
)
def test_a_failed_start_stops_everything_it_started(
    settings: Settings, runtime: RecordingRuntime, console: Console, failing: str
) -> None:
    runtime.fails[failing] = ServiceFailed("x", "failed")
    with pytest.raises(ServiceFailed):
        up.start_stack(settings, runtime, console)
    started = [done.removeprefix("start ") for done in runtime.done if done.startswith("start ")]
    stopped = [done.removeprefix("stop ") for done in runtime.done if done.startswith("stop ")]
    assert stopped == started[::-1]
    assert runtime.done[-1] == "down"
    assert recall(settings.home) is None


def test_what_cannot_be_stopped_does_not_hide_why(
    settings: Settings, runtime: RecordingRuntime, console: Console
) -> None:
    runtime.fails["start web-a"] = ServiceFailed("web-a", "failed")
    runtime.fails["stop web-a"] = DemijohnError("the process manager is gone")
    with pytest.raises(ServiceFailed, match="web-a failed"):
        up.start_stack(settings, runtime, console)
    assert "stop db" in runtime.done


def test_ctrl_c_stops_everything_too(settings: Settings, runtime: RecordingRuntime, console: Console) -> None:
    runtime.fails["start web-a"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        up.start_stack(settings, runtime, console)
    assert runtime.done[-3:] == ["stop web-a", "stop db", "down"]


def test_what_ran_before_a_failed_start_runs_on(
    settings: Settings, runtime: RecordingRuntime, console: Console
) -> None:
    runtime.up_to_date = runtime.running = {"db", "web-b", "worker", "nginx"}
    runtime.fails["start web-a"] = ServiceFailed("web-a", "failed")
    with pytest.raises(ServiceFailed):
        up.start_stack(settings, runtime, console)
    assert [done for done in runtime.done if done.startswith(("stop", "down"))] == ["stop web-a"]
    assert recall(settings.home) == "native"


def test_a_failure_shows_the_end_of_the_log(
    settings: Settings, runtime: RecordingRuntime, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.fails["start db"] = ServiceFailed("db", "ended", [f"line {n}" for n in range(50)])
    with pytest.raises(ServiceFailed):
        up.start_stack(settings, runtime, console)
    shown = capsys.readouterr().err
    assert "The end of db's log:" in shown
    assert "line 49" in shown
    assert "line 10\n" not in shown


def test_a_stack_that_does_not_serve_is_a_failed_start(
    settings: Settings, runtime: RecordingRuntime, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "nginx_answers", lambda settings, path: False)
    with pytest.raises(ServiceFailed, match="nginx does not reach the application"):
        up.start_stack(settings, runtime, console)
    assert "down" in runtime.done


@pytest.fixture
def certified(runtime: RecordingRuntime) -> RecordingRuntime:
    """A runtime that obtains certificates as well."""
    runtime.services = [*runtime.services, CERTIFICATES]
    return runtime


def test_certificates_come_last_for_the_authority_asks_nginx(
    settings: Settings, certified: RecordingRuntime, console: Console
) -> None:
    up.start_stack(settings, certified, console)
    assert certified.done[-2:] == [FIRST_TOKEN, f"start {CERTIFICATES}"]


def test_without_a_certificate_everything_else_runs_on_and_the_token_is_told(
    settings: Settings,
    certified: RecordingRuntime,
    console: Console,
    capsys: pytest.CaptureFixture[str],
) -> None:
    certified.fails[f"start {CERTIFICATES}"] = ServiceFailed(CERTIFICATES, "failed", ["nobody answers"])
    with pytest.raises(ServiceFailed, match="certificates failed"):
        up.start_stack(settings, certified, console)
    assert not [done for done in certified.done if done.startswith(("stop", "down"))]
    said = capsys.readouterr()
    assert "the-token" in said.out
    assert "as soon as there is a certificate" in said.out
    assert "nobody answers" in said.err


def test_a_certificate_that_nginx_does_not_serve_is_told(
    settings: Settings, certified: RecordingRuntime, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "tls_answers", lambda settings, path: False)
    with pytest.raises(ServiceFailed, match="nginx does not take the certificate"):
        up.start_stack(settings, certified, console)
