"""`./demijohn provision` over ssh, on a stand-in machine with Debian 13."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.commands.ssh import Ssh
from ops.console import Console
from ops.provisioning import PLACE, STEPS
from ops.runner import Runner
from tests.docker.containers import running, wait_for
from tests.docker.engine import Engine
from tests.docker.vm import Trial, Vm, Words, outcomes

# systemd gives up on what is started too often.
RESTART = "systemctl reset-failed docker; systemctl restart docker"
# A server that answers whoever connects, in the Perl that every Debian has.
SERVER = (
    "use IO::Socket::INET; $SIG{TERM} = sub { exit };"
    "my $s = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 9, ReuseAddr => 1);"
    'while (my $c = $s->accept) { print $c "here\\n"; close $c }'
)
CLIENT = (
    "use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], "
    "Timeout => $ARGV[2]) or exit 1; print <$s>"
)


def test_a_dry_run_names_what_would_change_and_changes_nothing(trial: Trial, first_provision: Words) -> None:
    assert trial.done.returncode == 0, trial.done.stderr
    would = [name for name, word in outcomes(trial.done).items() if word == "would change"]
    assert would == [name for name, word in outcomes(first_provision).items() if word == "changed"]
    assert f"{len(would)} of {len(STEPS)} steps would change something" in trial.done.stdout
    assert trial.after == trial.before


def test_every_step_is_done_on_a_fresh_machine(first_provision: Words) -> None:
    assert first_provision.returncode == 0, first_provision.stderr
    ended = outcomes(first_provision)
    assert list(ended) == [step.name for step in STEPS]
    # Memory is that of the machine that runs the tests.
    assert {name for name, word in ended.items() if word != "changed"} <= {"swap"}
    assert "root@vm is ready" in first_provision.stdout


def test_a_second_run_changes_nothing_and_says_so_step_by_step(vm: Vm) -> None:
    before = vm.describe_state()
    done = vm.demijohn("provision", "root@vm")
    assert done.returncode == 0, done.stderr
    assert set(outcomes(done).values()) == {"nothing to do"}
    assert len(outcomes(done)) == len(STEPS)
    assert "nothing had to change" in done.stdout
    assert vm.describe_state() == before


def test_the_deploy_user_runs_docker_with_root_s_key_and_nothing_else(vm: Vm) -> None:
    told = vm.ssh("deploy", "docker", "version", "--format", "{{.Server.Version}}").stdout
    assert int(told.split(".")[0]) >= 25
    assert vm.ssh("deploy", "docker", "compose", "version", "--short").stdout.lstrip("v") >= "2.24"
    assert vm.ssh("deploy", "touch", "/srv/demijohn/here", "&&", "rm", "/srv/demijohn/here").returncode == 0
    assert vm.run("getent shadow deploy").stdout.split(":")[1] == "*"
    assert vm.run("id -nG deploy").stdout.split() == ["deploy", "docker"]
    modes = vm.run("stat -c '%U %a' ~deploy/.ssh ~deploy/.ssh/authorized_keys /srv/demijohn").stdout
    assert modes.splitlines() == ["deploy 700", "deploy 600", "deploy 750"]


def test_keys_that_root_gets_later_are_added_and_those_of_the_user_stay(vm: Vm) -> None:
    vm.run("echo 'ssh-ed25519 AAAAown own' >>~deploy/.ssh/authorized_keys")
    vm.run("echo 'command=\"echo no\" ssh-ed25519 AAAAforced forced' >>/root/.ssh/authorized_keys")
    vm.run("echo 'ssh-ed25519 AAAAlater later' >>/root/.ssh/authorized_keys")
    done = vm.demijohn("provision", "root@vm")
    assert [name for name, word in outcomes(done).items() if word == "changed"] == ["deployer"]
    keys = vm.run("cat ~deploy/.ssh/authorized_keys").stdout.splitlines()
    assert [key.split()[-1] for key in keys] == ["tests", "own", "later"]


def test_logs_are_limited_and_containers_outlive_the_engine(vm: Vm) -> None:
    assert (
        vm.run("docker info --format '{{.LoggingDriver}} {{.LiveRestoreEnabled}}'").stdout == "local true\n"
    )
    assert vm.run("ls /var/log/journal").stdout
    assert "SystemMaxUse=500M" in vm.run("systemd-analyze cat-config systemd/journald.conf").stdout
    with serving(vm, 80):
        process = "docker inspect -f '{{.State.Pid}}' port-80"
        before = vm.run(process).stdout
        vm.run(RESTART)
        assert vm.run(process).stdout == before


def test_settings_of_docker_s_that_are_somebody_s_own_are_never_overwritten(vm: Vm) -> None:
    settings, own = "/etc/docker/daemon.json", '{"live-restore": true, "debug": false}'
    vm.run(f"cp {settings} /root/kept; echo '{own}' >{settings}; {RESTART}")
    try:
        done = vm.demijohn("provision", "root@vm")
        assert outcomes(done)["engine-settings"] == "failed"
        assert '"log-driver": "local"' in done.stderr
        assert vm.run(f"cat {settings}").stdout.strip() == own

        good = '{"live-restore": true, "log-opts": {"max-size": "9m"}}'
        vm.run(f"echo '{good}' >{settings}; {RESTART}")
        done = vm.demijohn("provision", "root@vm")
        assert outcomes(done)["engine-settings"] == "nothing to do"
        assert vm.run(f"cat {settings}").stdout.strip() == good
    finally:
        vm.run(f"mv /root/kept {settings}; {RESTART}")


def test_security_updates_install_themselves(vm: Vm) -> None:
    settings = vm.run("apt-config dump").stdout
    assert 'APT::Periodic::Update-Package-Lists "1";' in settings
    assert 'APT::Periodic::Unattended-Upgrade "1";' in settings
    assert "-Security" in settings
    assert vm.run("systemctl is-active apt-daily-upgrade.timer").stdout == "active\n"


def test_the_firewall_covers_what_docker_publishes_and_outlives_a_restart(engine: Engine, vm: Vm) -> None:
    with running(engine, "debian:trixie", "sleep", "infinity") as outsider:

        def reaches(port: int, seconds: int = 1) -> bool:
            words = ("exec", outsider, "perl", "-e", CLIENT, vm.address, str(port), str(seconds))
            return engine.run(*words, check=False).stdout == "here\n"

        def serves(port: int) -> bool:
            return vm.run(f"perl -e '{CLIENT}' 127.0.0.1 {port} 5", check=False).stdout == "here\n"

        with serving(vm, 80), serving(vm, 8080):
            wait_for(lambda: serves(8080) and reaches(80))
            assert not reaches(8080)

            vm.run("echo 'tcp dport 8080 accept' >/etc/demijohn/firewall.d/more.nft")
            vm.run("systemctl reload demijohn-firewall")
            assert reaches(8080, seconds=5)
            vm.run("rm /etc/demijohn/firewall.d/more.nft")

            vm.restart()
            wait_for(lambda: serves(8080) and reaches(80))
            assert not reaches(8080)
        vm.run(f"systemd-run --unit=by-hand perl -e '{SERVER}' 9000")
        wait_for(lambda: serves(9000))
        assert not reaches(9000)
        vm.run("systemctl stop by-hand")


@contextmanager
def serving(vm: Vm, port: int) -> Iterator[None]:
    """A container on the machine that publishes a port to everybody, made of the machine's own programs."""
    vm.run("cd / && tar -c bin lib* sbin | docker import - tests")
    options = f"--restart=always --volume=/usr:/usr:ro --publish={port}:{port}"
    vm.run(f"docker run -d --name port-{port} {options} tests perl -e '{SERVER}' {port}")
    try:
        yield
    finally:
        vm.run(f"docker rm -f port-{port}")


def test_an_engine_that_is_too_old_is_refused_before_any_change(vm: Vm) -> None:
    older = "echo Docker version 20.10.24+dfsg1, build 297e128"
    vm.run(f"printf '%s\\n' '#!/bin/sh' '{older}' >/usr/local/sbin/dockerd; chmod +x /usr/local/sbin/dockerd")
    try:
        done = vm.demijohn("provision", "root@vm")
    finally:
        vm.run("rm /usr/local/sbin/dockerd")
    assert done.returncode == 1
    assert "Docker 20.10.24+dfsg1 is too old: 25.0 is needed" in done.stderr
    assert outcomes(done) == {}


def test_a_user_who_is_not_root_is_given_one_line_and_nothing_changes(vm: Vm) -> None:
    before = vm.describe_state()
    done = vm.demijohn("provision", "deploy@vm")
    assert done.returncode == 1
    assert "deploy is not root here" in done.stderr
    assert re.search(r"^  ssh .* -t deploy@vm 'sudo install .*authorized_keys'$", done.stderr, re.MULTILINE)
    assert "./demijohn provision root@vm" in done.stderr
    assert vm.describe_state() == before


def test_another_distribution_is_refused_before_any_change(vm: Vm) -> None:
    vm.run("cp --remove-destination /usr/lib/os-release /etc/os-release")
    vm.run("sed -i 's/^ID=.*/ID=arch/; s/^PRETTY_NAME=.*/PRETTY_NAME=\"Arch Linux\"/' /etc/os-release")
    try:
        done = vm.demijohn("provision", "root@vm")
    finally:
        vm.run("ln -sf ../usr/lib/os-release /etc/os-release")
    assert done.returncode == 1
    assert "root@vm was left as it is. This is Arch Linux" in done.stderr
    assert outcomes(done) == {}


def test_two_at_once_do_not_meet(vm: Vm) -> None:
    vm.run("systemd-run --unit=holder flock /run/demijohn-provision.lock sleep 600")
    wait_for(lambda: vm.run("flock -n /run/demijohn-provision.lock true", check=False).returncode != 0)
    try:
        done = vm.demijohn("provision", "root@vm")
    finally:
        vm.run("systemctl stop holder")
    assert done.returncode == 1
    assert "being provisioned already" in done.stderr


def test_a_host_that_does_not_let_us_in_is_told_with_what_to_do(vm: Vm) -> None:
    done = vm.demijohn("provision", "nobody@vm")
    assert done.returncode == 1
    assert "nobody@vm cannot be reached over ssh" in done.stderr
    assert "takes none of your keys" in done.stderr


def test_commands_can_share_one_connection(vm: Vm) -> None:
    runner = Runner(Console(), os.environ)
    shared = Ssh("root@vm", vm.directory / "config", control=vm.directory / "shared")
    connections = {runner.run(shared.run("printenv", "SSH_CONNECTION"))[0] for _ in range(2)}
    runner.run(shared.close())
    assert len(connections) == 1
    assert runner.run(shared.run("printenv", "SSH_CONNECTION"))[0] not in connections
    runner.run(shared.close())


def test_a_machine_with_little_memory_gets_swap_once(engine: Engine, tmp_path: Path) -> None:
    """Swap belongs to the kernel that runs the tests: here it is written to a list alone."""
    (tmp_path / "meminfo").write_text("MemTotal:        2014012 kB\n")
    (tmp_path / "swaps").write_text("Filename Type Size Used Priority\n")
    (tmp_path / "swapon").write_text('#!/bin/sh\necho "$1 file" >>/proc/swaps\n')
    (tmp_path / "swapon").chmod(0o755)
    frame = (PLACE / "frame.sh").read_text().partition("tell hello")[0]
    (step,) = (step for step in STEPS if step.name == "swap")
    script = f"{frame}\n{step.text.replace('megabytes=2048', 'megabytes=8')}\nstep swap\nstep swap\n"
    report = f"{script}\ncat /etc/fstab; stat -c '%a %s' /swapfile; dd if=/swapfile bs=1 skip=4086 count=10"
    places = {"meminfo": "/proc/meminfo", "swaps": "/proc/swaps", "swapon": "/usr/local/sbin/swapon"}
    volumes = [f"--volume={tmp_path / name}:{place}" for name, place in places.items()]
    told = engine.run("run", "--rm", *volumes, "debian:trixie", "sh", "-c", report).stdout
    assert re.findall("^::demijohn:: (.*)$", told, re.MULTILINE) == [
        *("begin swap", "changed swap"),
        *("begin swap", "same swap"),
    ]
    assert "/swapfile none swap sw 0 0" in told
    assert f"600 {8 * 2**20}" in told
    assert "SWAPSPACE2" in told
