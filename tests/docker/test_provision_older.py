"""`./demijohn provision` on a stand-in machine with Debian 12: a step that fails, and cloud-init."""

from collections.abc import Iterator

import pytest

from tests.docker import daemon
from tests.docker.engine import Engine
from tests.docker.vm import Vm, Words, outcomes, start_vm

# The modules of cloud-init that the user data needs; its others would set up a cloud that is not there.
SEED = "/var/lib/cloud/seed/nocloud"
CLOUD = """
datasource_list: [NoCloud]
cloud_init_modules: [write-files]
cloud_config_modules: [runcmd]
cloud_final_modules: [scripts-user]
"""


@pytest.fixture(scope="module")
def older(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vm]:
    """A machine with Debian 12 that nobody has touched."""
    with start_vm(engine, "bookworm", tmp_path_factory.mktemp("older")) as machine:
        yield machine


@pytest.fixture(scope="module")
def forged(older: Vm) -> Words:
    """What the command said when the key of Docker's repository was another's."""
    key = "/usr/share/keyrings/debian-archive-bookworm-stable.gpg"
    forging = f'while [ "$1" != --output ]; do shift; done; cp {key} "$2"'
    older.run(f"printf '%s\\n' '#!/bin/sh' '{forging}' >/usr/local/sbin/curl; chmod +x /usr/local/sbin/curl")
    done = older.demijohn("provision", "root@vm")
    older.run("rm /usr/local/sbin/curl")
    return done


def test_a_failed_step_is_named_with_its_last_lines_and_what_to_do(forged: Words) -> None:
    assert forged.returncode == 1
    assert outcomes(forged)["engine"] == "failed"
    assert "on root@vm, the step `Docker and Compose` failed with status 1" in forged.stderr
    assert "then run ./demijohn provision root@vm again" in forged.stderr


def test_docker_s_repository_is_not_used_with_another_key(older: Vm, forged: Words) -> None:
    assert "should be 9DC858229FC7DD38854AE2D88D81803C0EBFCD88: it is not used" in forged.stderr
    assert older.run("ls /etc/apt/keyrings /etc/apt/sources.list.d", check=False).stdout.count("docker") == 0


@pytest.fixture(scope="module")
def user_data(older: Vm) -> str:
    """The path on the older machine of what the command gives to cloud-init, which is installed there."""
    older.run("apt-get update -q && apt-get install -qy --no-install-recommends cloud-init runc iptables")
    done = older.demijohn("provision", "--cloud-init", "--key", f"{older.directory}/key.pub")
    file = older.directory / "user-data"
    file.write_text(done.stdout)
    older.run(f"mkdir -p {SEED} && echo 'instance-id: tests' >{SEED}/meta-data")
    older.engine.run("cp", file, f"{older.container}:{SEED}/user-data")
    return f"{SEED}/user-data"


def test_cloud_init_accepts_the_user_data(older: Vm, user_data: str) -> None:
    told = older.run(f"cloud-init schema --config-file {user_data}").stdout
    assert "Valid cloud-config" in told


def test_cloud_init_makes_a_host_ready_that_has_an_engine(engine: Engine, older: Vm, user_data: str) -> None:
    """Debian 12 has no engine that is new enough; this one is the tests' own, copied."""
    if not engine.private:
        pytest.skip("the tests' own engine is not here to be copied")
    engine.run("cp", f"{daemon.PROGRAMS}/.", f"{older.container}:/")
    older.run(
        "getent group docker || groupadd --system docker; systemctl daemon-reload; mv /root/.ssh /root/kept"
    )
    older.run(f"echo '{CLOUD}' >/etc/cloud/cloud.cfg.d/99-tests.cfg")
    for stage in ("init --local", "init", "modules --mode=config", "modules --mode=final"):
        older.run(f"cloud-init {stage}")
    told = older.run("cat /var/log/cloud-init-output.log /var/log/cloud-init.log", check=False).stdout
    assert older.ssh("deploy", "docker", "version", "--format", "{{.Server.Version}}").stdout, told

    older.run("mv /root/kept /root/.ssh")
    done = older.demijohn("provision", "root@vm")
    assert set(outcomes(done).values()) == {"nothing to do"}, done.stderr
