"""What each container may do, read back from the engine and from the kernel."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docker.product import SERVICES, Product

# The longest answer that a service may still owe when it is told to stop, in seconds.
LONGEST_ANSWER = {"db": 5, "nginx": 20, "web-a": 25, "web-b": 25, "worker": 25}
EVERY = (*SERVICES, "migrate")


@pytest.fixture(scope="module")
def containers(prod: Product) -> Iterator[dict[str, Any]]:
    """What the engine knows of each service's container, `migrate` among them."""
    once = prod.compose("run", "--detach", "--no-deps", "migrate").strip().splitlines()[-1]
    try:
        described = {service: prod.inspect(service) for service in SERVICES}
        described["migrate"] = json.loads(prod.engine.run("inspect", once).stdout)[0]
        yield described
    finally:
        prod.engine.run("rm", "--force", once)


@pytest.mark.parametrize("service", EVERY)
def test_a_container_may_write_nowhere_but_where_it_must(containers: dict[str, Any], service: str) -> None:
    described = containers[service]
    assert described["HostConfig"]["ReadonlyRootfs"]
    assert not [mount for mount in described["Mounts"] if mount["Type"] == "bind" and mount["RW"]]
    for options in (described["HostConfig"]["Tmpfs"] or {}).values():
        assert {"noexec", "nosuid", "nodev"} <= set(options.split(","))
        assert "size=" in options


@pytest.mark.parametrize("service", EVERY)
def test_a_container_has_no_privilege_and_can_gain_none(containers: dict[str, Any], service: str) -> None:
    host = containers[service]["HostConfig"]
    assert not host["Privileged"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert containers[service]["Config"]["User"].split(":")[0] not in ("", "0", "root")


@pytest.mark.parametrize("service", SERVICES)
def test_the_kernel_agrees_about_user_and_privileges(prod: Product, service: str) -> None:
    status = prod.compose("exec", "-T", service, "cat", "/proc/1/status")
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert "0" not in facts["Uid"].split()
    assert "0" not in facts["Gid"].split()
    assert [int(facts[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh")] == [0] * 4
    assert facts["NoNewPrivs"] == "1"


@pytest.mark.parametrize("service", EVERY)
def test_a_container_has_a_limit_for_memory_processes_and_log(
    containers: dict[str, Any], service: str
) -> None:
    host = containers[service]["HostConfig"]
    assert 0 < host["Memory"] <= 2**30
    assert 0 < host["PidsLimit"] <= 256
    assert host["LogConfig"]["Type"] == "local"
    assert set(host["LogConfig"]["Config"]) == {"max-file", "max-size"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_watched_and_has_time_to_end(containers: dict[str, Any], service: str) -> None:
    config = containers[service]["Config"]
    assert config["Healthcheck"]["Test"][0] in ("CMD", "CMD-SHELL")
    assert config["StopTimeout"] > LONGEST_ANSWER[service]
    assert containers[service]["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"


def test_only_nginx_is_published_and_only_where_the_settings_say(
    prod: Product, containers: dict[str, Any]
) -> None:
    published = {
        service: described["HostConfig"]["PortBindings"] for service, described in containers.items()
    }
    binding = {"HostIp": "127.0.0.1", "HostPort": str(prod.port)}
    assert published.pop("nginx") == {"8080/tcp": [binding]}
    assert not any(published.values())
