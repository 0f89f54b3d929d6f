import shlex
import subprocess
from pathlib import Path

from ops.commands.ssh import Ssh

VM = Ssh("root@vm")


def test_nobody_is_asked_anything_and_a_dead_host_is_given_up() -> None:
    options = VM.run("true")
    assert "BatchMode=yes" in options
    assert "ConnectTimeout=10" in options
    assert "ServerAliveInterval=15" in options


def test_the_shell_on_the_host_reads_the_words_as_they_were_given() -> None:
    words = ["printf", "%s\n", "a b", "$HOME", "it's", ""]
    remote = VM.run(*words)[-1]
    there = subprocess.run(["sh", "-c", remote], capture_output=True, text=True, check=True)
    assert there.stdout.split("\n")[:-1] == words[2:]


def test_a_host_s_name_is_never_taken_for_an_option() -> None:
    for command in (VM.run("true"), VM.script(), VM.close()):
        assert command[command.index("root@vm") - 1] == "--"


def test_a_script_comes_on_standard_input() -> None:
    assert VM.script("--dry-run")[-1] == "sh -s -- --dry-run"


def test_another_configuration_replaces_the_user_s() -> None:
    assert Ssh("vm", Path("/home/ci/ssh config")).run("true")[:3] == ["ssh", "-F", "/home/ci/ssh config"]
    assert "-F" not in VM.run("true")


def test_commands_share_a_connection_only_when_told_where() -> None:
    shared = Ssh("vm", control=Path("/run/dj/vm"))
    for command in (shared.run("true"), shared.close()):
        assert "ControlPath=/run/dj/vm" in command
    assert shared.close()[-4:] == ["-O", "exit", "--", "vm"]
    assert not any("Control" in word for word in VM.run("true"))


def test_the_line_for_a_person_can_ask_for_a_password() -> None:
    line = shlex.split(Ssh("admin@vm", Path("/etc/ci")).by_hand("sudo true"))
    assert line == ["ssh", "-F", "/etc/ci", "-t", "admin@vm", "sudo true"]
