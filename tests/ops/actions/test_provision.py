from pathlib import Path

import pytest

from ops.actions.provision import provision_host, write_user_data
from ops.commands.ssh import Ssh
from ops.console import Console
from ops.errors import CommandFailed, DemijohnError
from ops.provisioning import STEPS
from tests.ops.conftest import RecordingRunner

VM = Ssh("admin@vm")
SAME = [line for step in STEPS for line in (f"begin {step.name}", f"same {step.name}")]


def say(runner: RecordingRunner, *words: str) -> None:
    runner.answers["vm"] = [f"::demijohn:: {word}" if word else "from apt" for word in words]


def test_a_host_that_is_ready_is_told_so(
    runner: RecordingRunner, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    say(runner, "hello", *SAME, "end")
    provision_host(VM, runner, console, dry_run=False)
    shown = capsys.readouterr()
    assert shown.out == "admin@vm is ready: nothing had to change.\n"
    assert shown.err.count(": nothing to do") == len(STEPS)


def test_the_script_goes_in_on_standard_input(runner: RecordingRunner, console: Console) -> None:
    say(runner, "hello", "end")
    provision_host(VM, runner, console, dry_run=True)
    assert runner.commands == [VM.script("--dry-run")]
    assert "step engine" in runner.typed[0]


def test_a_dry_run_counts_what_would_change(
    runner: RecordingRunner, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    say(runner, "hello", "begin time", "same time", "begin swap", "differs swap", "end")
    provision_host(VM, runner, console, dry_run=True)
    assert "On admin@vm, 1 of 2 steps would change something." in capsys.readouterr().out


def test_a_step_that_failed_is_named_with_its_last_lines(runner: RecordingRunner, console: Console) -> None:
    say(runner, "hello", "begin engine", "", "failed engine 100")
    with pytest.raises(DemijohnError) as caught:
        provision_host(VM, runner, console, dry_run=False)
    told = str(caught.value)
    assert "on admin@vm, the step `Docker and Compose` failed with status 100:\n  from apt\n" in told
    assert "run ./demijohn provision admin@vm again" in told


def test_who_is_not_root_is_given_a_line_for_root_s_keys(runner: RecordingRunner, console: Console) -> None:
    say(runner, "hello", "refused root admin is not root here.")
    with pytest.raises(DemijohnError) as caught:
        provision_host(VM, runner, console, dry_run=False)
    told = str(caught.value).splitlines()
    assert told[0].startswith("admin@vm was left as it is. admin is not root here.")
    assert told[1].startswith("  ssh -t admin@vm 'sudo install ")
    assert told[2] == "Then run ./demijohn provision root@vm"


def test_the_user_in_an_address_is_replaced_by_root(runner: RecordingRunner, console: Console) -> None:
    say(runner, "hello", "refused root admin is not root here.")
    for name, root in (("vm", "root@vm"), ("ssh://admin@vm:2222", "ssh://root@vm:2222")):
        with pytest.raises(DemijohnError) as caught:
            provision_host(Ssh(name), runner, console, dry_run=False)
        assert str(caught.value).endswith(f"provision {root}")


def fail(runner: RecordingRunner, status: int, *lines: str) -> None:
    runner.answers["vm"] = CommandFailed(["ssh"], status, lines)


def test_a_connection_that_was_cut_is_not_taken_for_a_host_out_of_reach(
    runner: RecordingRunner, console: Console
) -> None:
    fail(runner, 255, "::demijohn:: hello", "::demijohn:: begin engine", "Connection reset by peer")
    with pytest.raises(DemijohnError, match=r"connection to admin@vm ended in the midst[\s\S]*again"):
        provision_host(VM, runner, console, dry_run=False)


def test_a_host_out_of_reach_is_told_as_such(runner: RecordingRunner, console: Console) -> None:
    fail(runner, 255, "Connection refused")
    with pytest.raises(DemijohnError, match="cannot be reached over ssh:\n  Connection refused"):
        provision_host(VM, runner, console, dry_run=False)


def test_what_a_host_says_instead_of_running_the_script_is_shown(
    runner: RecordingRunner, console: Console
) -> None:
    fail(runner, 142, 'Please login as the user "admin"')
    with pytest.raises(DemijohnError, match='ended with status 142:\n  Please login as the user "admin"'):
        provision_host(VM, runner, console, dry_run=False)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ["Please log in as admin."],
            "ran nothing of this and ended with status 0:\n  Please log in as admin.",
        ),
        ([], "ended with status 0: it said nothing"),
        (["::demijohn:: hello", "::demijohn:: begin engine", "Setting up"], "ended in the midst of it"),
    ],
)
def test_a_host_is_never_called_ready_that_did_not_say_it_was_done(
    runner: RecordingRunner, console: Console, lines: list[str], told: str
) -> None:
    runner.answers["vm"] = lines
    with pytest.raises(DemijohnError, match=told):
        provision_host(VM, runner, console, dry_run=False)


def test_user_data_is_printed_to_the_letter(
    console: Console, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key.pub"
    key.write_text("# mine\nssh-ed25519 AAAA me\n\n")
    write_user_data(key, console)
    shown = capsys.readouterr().out
    assert shown.startswith("#cloud-config\n")
    assert "ssh-ed25519 AAAA me" in shown
    assert "# mine" not in shown


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN OPENSSH PRIVATE KEY-----\nhush\n", "ssh-rsa AAAA me\nhush\n"]
)
def test_what_is_no_public_key_never_gets_into_user_data(
    console: Console, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    key = tmp_path / "key"
    key.write_text(text)
    with pytest.raises(DemijohnError, match=r"ends in \.pub") as caught:
        write_user_data(key, console)
    assert "hush" not in str(caught.value)
    assert capsys.readouterr().out == ""


def test_a_key_that_is_missing_is_told(console: Console, tmp_path: Path) -> None:
    with pytest.raises(DemijohnError, match="cannot be read"):
        write_user_data(tmp_path / "nothing", console)
