import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from ops.cli import terminate
from ops.commands.ssh import Ssh
from ops.console import Console
from ops.errors import CommandFailed, DemijohnError, Terminated
from ops.paths import ROOT
from ops.runner import Runner, drop_ssh_options, search_path, shorten
from ops.waiting import wait_until

PRINT = "import sys; print(sys.argv[1]); print('aside', file=sys.stderr)"


@pytest.fixture
def real() -> Runner:
    return Runner(Console(), os.environ)


def test_a_command_is_printed_before_it_runs(real: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed):
        real.run(["sh", "-c", "exit 3"])
    assert "$ sh -c 'exit 3'\n" in capfd.readouterr().err


def test_standard_output_alone_is_returned(real: Runner) -> None:
    assert real.run([sys.executable, "-c", PRINT, "a b"]) == ["a b"]


def test_no_shell_reads_the_arguments(real: Runner) -> None:
    assert real.run([sys.executable, "-c", PRINT, "$HOME; `id` *"]) == ["$HOME; `id` *"]


def test_a_failure_tells_command_status_and_last_lines(real: Runner) -> None:
    with pytest.raises(CommandFailed) as caught:
        real.run(["sh", "-c", "seq 1 100; echo broken >&2; exit 3"])
    assert caught.value.status == 3
    assert "failed with status 3" in str(caught.value)
    assert "broken" in str(caught.value)
    assert "\n  50\n" not in str(caught.value)


def test_a_secret_goes_in_on_standard_input_and_is_not_printed(
    real: Runner, capfd: pytest.CaptureFixture[str]
) -> None:
    assert real.run(["cat"], stdin="hush\n") == ["hush"]
    assert "hush" not in capfd.readouterr().err


def test_a_command_that_reads_no_input_does_not_break_us(real: Runner) -> None:
    assert real.run(["true"], stdin="x" * 1_000_000) == []


def test_more_output_than_a_pipe_holds_is_no_deadlock(real: Runner) -> None:
    script = "import sys; sys.stderr.write('e' * 1_000_000); print('o' * 1_000_000)"
    assert len(real.run([sys.executable, "-c", script])[0]) == 1_000_000


def test_lines_can_be_followed_while_the_command_still_runs(real: Runner, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    lines = real.follow(
        ["sh", "-c", f"echo first; until [ -e {heard} ]; do sleep 0.1; done; cat"], stdin="then\n"
    )
    assert next(lines) == "first"
    heard.touch()
    assert list(lines) == ["then"]


def test_who_follows_is_told_of_a_failure_after_the_last_line(real: Runner) -> None:
    lines = real.follow(["sh", "-c", "echo one; echo aside >&2; exit 3"])
    assert next(lines) == "one"
    with pytest.raises(CommandFailed) as caught:
        next(lines)
    assert caught.value.status == 3
    assert sorted(caught.value.lines) == ["aside", "one"]


def test_a_command_ends_when_nobody_follows_it_any_more(real: Runner, tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    script = f"trap 'touch {ended}; exit' TERM; echo ready; while :; do sleep 0.1; done"
    lines = real.follow(["sh", "-c", script])
    assert next(lines) == "ready"
    lines.close()  # type: ignore[attr-defined]
    assert ended.exists()


def test_commands_run_in_the_repository(real: Runner) -> None:
    assert real.run(["pwd"]) == [str(ROOT)]


def test_an_environment_can_be_laid_over_or_replace(real: Runner) -> None:
    path = {"PATH": os.environ["PATH"]}
    assert "A=1" in real.run(["env"], environ={"A": "1"})
    assert len(real.run(["env"], environ={"A": "1"})) > 2
    assert sorted(real.run(["env"], environ={"A": "1"} | path, inherit=False))[:2] == [
        "A=1",
        f"PATH={path['PATH']}",
    ]


def test_whoever_ends_us_alone_ends_what_we_show(real: Runner, tmp_path: Path) -> None:
    ready, ended = tmp_path / "ready", tmp_path / "ended"
    script = f"""
import pathlib, time
pathlib.Path({str(ready)!r}).touch()
try:
    time.sleep(600)
except KeyboardInterrupt:
    pathlib.Path({str(ended)!r}).touch()
"""

    def ask_us_to_end() -> None:
        assert wait_until(ready.exists, 60)
        os.kill(os.getpid(), signal.SIGTERM)

    previous = signal.signal(signal.SIGTERM, terminate)
    try:
        asking = threading.Thread(target=ask_us_to_end)
        asking.start()
        with pytest.raises(Terminated):
            real.show([sys.executable, "-c", script])
        asking.join()
    finally:
        signal.signal(signal.SIGTERM, previous)
    assert ended.exists()


def test_a_missing_program_is_a_plain_sentence(real: Runner) -> None:
    with pytest.raises(DemijohnError, match="no-such-program is not installed"):
        real.run(["no-such-program"])


def test_servers_are_found_where_an_ordinary_user_does_not_look() -> None:
    assert search_path({"PATH": "/usr/bin:/sbin"}) == "/usr/bin:/sbin:/usr/local/sbin:/usr/sbin"


def test_paths_in_the_repository_are_shown_short() -> None:
    assert shorten(f"--file={ROOT}/mariadb/x.cnf") == "--file=mariadb/x.cnf"
    assert shorten(str(Path("/elsewhere/x"))) == "/elsewhere/x"


def test_ssh_is_shown_without_the_options_that_are_always_the_same() -> None:
    command = Ssh("root@vm", config=Path("/x")).run("docker", "ps")
    assert list(drop_ssh_options(command)) == ["ssh", "root@vm", "docker ps"]
    assert drop_ssh_options(["sh", "--", "x"]) == ["sh", "--", "x"]


def test_bytes_flow_from_one_command_into_another(real: Runner, tmp_path: Path) -> None:
    with (
        real.feeding(["sh", "-c", f"cat >{tmp_path}/out"]) as target,
        real.reading(["printf", "\\000\\377"]) as source,
    ):
        target.write(source.read())
    assert (tmp_path / "out").read_bytes() == b"\x00\xff"


@pytest.mark.parametrize("broken", ["source", "target"])
def test_a_command_that_fails_while_bytes_flow_is_told(real: Runner, broken: str) -> None:
    failing, fine = ["sh", "-c", "echo cracked >&2; exit 4"], ["cat"]
    source, target = (failing, fine) if broken == "source" else (["echo", "wine"], failing)
    with (
        pytest.raises(CommandFailed, match="cracked") as caught,
        real.feeding(target) as sink,
        real.reading(source) as spring,
    ):
        sink.write(spring.read() * 100_000)
    assert caught.value.status == 4
