from pathlib import Path

import pytest

from ops.commands.ssh import Ssh
from ops.errors import DemijohnError
from ops.hosts import describe_unreachable, find_host


@pytest.mark.parametrize("name", ["", "-oProxyCommand=id", "root@vm reboot", "vm\n"])
def test_what_cannot_be_a_host_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(DemijohnError, match="for example root@"):
        find_host(name, {})


@pytest.mark.parametrize("name", ["vm", "root@vm", "root@203.0.113.7", "ssh://root@[2001:db8::7]:2222"])
def test_a_host_is_left_to_ssh_as_it_was_typed(name: str) -> None:
    assert find_host(name, {}) == Ssh(name)


def test_another_ssh_configuration_comes_from_the_environment(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.touch()
    assert find_host("vm", {"DEMIJOHN_SSH_CONFIG": str(config)}) == Ssh("vm", config)
    assert find_host("vm", {"DEMIJOHN_SSH_CONFIG": ""}) == Ssh("vm")


def test_a_configuration_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DemijohnError, match="DEMIJOHN_SSH_CONFIG is '/nowhere'"):
        find_host("vm", {"DEMIJOHN_SSH_CONFIG": "/nowhere"})


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("Host key verification failed.", "Compare it and accept it once"),
        ("root@vm: Permission denied (publickey).", "takes none of your keys"),
        ("ssh: connect to host vm port 22: Connection timed out", "Try it by hand"),
    ],
)
def test_what_ssh_said_is_told_with_what_to_do(line: str, advice: str) -> None:
    told = describe_unreachable(Ssh("root@vm"), [line])
    assert told.startswith("root@vm cannot be reached over ssh:\n")
    assert line in told
    assert advice in told
    assert told.endswith("\n  ssh -t root@vm true")
