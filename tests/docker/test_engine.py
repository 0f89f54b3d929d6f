"""The engine runs containers on its own networks, and a host that cannot have one is told so."""

import ipaddress
import platform
import uuid
from pathlib import Path

import pytest

from tests.docker import bootstrap, debian
from tests.docker.conftest import give_up
from tests.docker.engine import Engine
from tests.docker.process import BootstrapError

FOR_BENCHMARKS = ipaddress.IPv4Network("198.18.0.0/15")

PROJECT = """
services:
  greeter:
    image: debian:trixie
    command: [echo, "${GREETING}"]
"""


def test_a_container_runs_and_its_output_comes_back(engine: Engine) -> None:
    assert engine.run("run", "--rm", "debian:trixie", "echo", "hello").stdout == "hello\n"


def test_a_failed_command_is_told_with_its_last_words(engine: Engine) -> None:
    with pytest.raises(BootstrapError, match="not found in"):
        engine.run("run", "--rm", "debian:trixie", "no-such-program")


def test_compose_runs_a_project_with_its_variables(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "compose.yml"
    file.write_text(PROJECT)
    project = ("-p", f"demijohn-test-{uuid.uuid4().hex[:8]}")
    env = {"GREETING": "good day"}
    try:
        done = engine.compose(file, *project, "run", "--rm", "greeter", env=env)
        assert done.stdout.strip() == "good day"
    finally:
        engine.compose(file, *project, "down", env=env)


def test_both_debian_releases_are_there_for_tests_of_a_fresh_host(engine: Engine) -> None:
    for release, number in (("bookworm", "12"), ("trixie", "13")):
        version = engine.run("run", "--rm", f"debian:{release}", "cat", "/etc/debian_version")
        assert version.stdout.startswith(f"{number}.")


def test_networks_take_their_addresses_from_the_range_for_benchmarks(engine: Engine) -> None:
    if not engine.private:
        pytest.skip("the host's own engine chooses its addresses")
    name = f"demijohn-test-{uuid.uuid4().hex[:8]}"
    engine.run("network", "create", name)
    try:
        subnets = engine.run(
            *("network", "inspect", "bridge", name),
            *("--format", "{{range .IPAM.Config}}{{.Subnet}}{{end}}"),
        ).stdout.split()
    finally:
        engine.run("network", "rm", name)
    assert len(subnets) == 2
    for subnet in subnets:
        assert ipaddress.IPv4Network(subnet).subnet_of(FOR_BENCHMARKS)


def test_a_second_bring_up_finds_the_first_ones_engine(engine: Engine) -> None:
    identify = ("info", "--format", "{{.ID}}")
    before = engine.run(*identify).stdout
    assert bootstrap.bring_up().run(*identify).stdout == before


def test_another_distribution_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    release = {"ID": "arch", "PRETTY_NAME": "Arch Linux"}
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    with pytest.raises(BootstrapError, match="not on Arch Linux"):
        debian.identify()


def test_a_host_without_an_engine_skips_the_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no engine"):
        give_up("no engine")


def test_a_host_without_an_engine_fails_the_level_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no engine"):
        give_up("no engine")
