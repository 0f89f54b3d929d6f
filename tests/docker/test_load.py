"""Compose's profile `load`: a master and two workers load the running stack and judge it."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docker.product import SERVICES, Product

BRIEF = """
[brief]
people = 20
items = 50
skew = 1.1
seed = 1
objectives = "correctness"
phases = [
    { name = "warm-up", seconds = 2, rate = 60, measured = false },
    { name = "steady", seconds = 6, rate = 60 },
]
"""
EXIT_CODES = {"PASS": 0, "FAIL": 2, "INVALID": 4}
GENERATORS = ("load", "locust-worker")
RESULTS = "/var/lib/demijohn/load"
LAST_CORE = str((os.cpu_count() or 1) - 1)


@dataclass(frozen=True)
class Load:
    """What a load run was, told by Compose and by the files that it left."""

    done: subprocess.CompletedProcess[str]
    folder: Path
    containers: dict[str, Any]

    @property
    def result(self) -> Any:
        return json.loads((self.folder / "result.json").read_text())


def compose(prod: Product, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {**prod.environment, **variables}
    command = ("--profile", "load", *words)
    return prod.engine.compose(prod.directory / prod.file, *command, env=env, check=False)


@pytest.fixture(scope="module")
def load(prod: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """A brief run on the shared stack, as docs/load.md says."""
    with (prod.directory / "loadtests/workloads.toml").open("a") as workloads:
        workloads.write(BRIEF)
    token = prod.flask("tokens", "create", "compose", "--scope", "write").split()[-1]
    (prod.directory / "secrets/load_token").write_text(token)
    assert compose(prod, "build", "load").returncode == 0
    up = ("up", "--no-deps", "--scale", "locust-worker=2", "--exit-code-from", "load", *GENERATORS)
    try:
        done = compose(prod, *up, LOAD_WORKLOAD="brief", LOAD_CPUS=LAST_CORE)
        found = tmp_path_factory.mktemp("load")
        compose(prod, "cp", f"load:{RESULTS}/.", str(found))
        (folder,) = (each for each in found.iterdir() if each.is_dir())  # beside the calibration
        yield Load(done, folder, {service: inspect(prod, service) for service in GENERATORS})
    finally:
        compose(prod, "rm", "--stop", "--force", "--volumes", *GENERATORS)
        (prod.directory / "secrets/load_token").unlink()
        prod.flask("tokens", "revoke", "compose")


def inspect(prod: Product, service: str) -> Any:
    container = compose(prod, "ps", "--all", "--quiet", service).stdout.split()[0]
    return json.loads(prod.engine.run("inspect", container).stdout)[0]


def test_a_plain_start_neither_starts_nor_makes_anything_of_it(prod: Product) -> None:
    assert set(prod.containers()) == set(SERVICES)
    volumes = prod.engine.run("volume", "ls", "--quiet", "--filter", f"name={prod.name}_load").stdout
    assert volumes == ""


def test_the_exit_code_is_that_of_the_verdict(load: Load) -> None:
    assert load.done.returncode == EXIT_CODES[load.result["outcome"]], load.done.stdout
    assert {"report.html", "summary.md", "junit.xml"} <= {path.name for path in load.folder.iterdir()}


def test_both_workers_generated_the_load(load: Load) -> None:
    assert load.result["fingerprint"]["generators"] == 2
    assert len({each["generator"] for each in load.result["fitness"]}) == 2
    assert sum(window["sent"] for window in load.result["windows"]) > 200


def test_every_answer_was_right_and_the_ledger_balances(prod: Product, load: Load) -> None:
    judged = [finding for finding in load.result["findings"] if finding["topic"] == "correctness"]
    assert judged
    assert [finding for finding in judged if not finding["held"]] == []
    assert [account["faults"] for account in load.result["accounts"]] == [[]]
    assert "sums equal lines" in prod.flask("clicks", "verify")


def test_the_stack_is_left_as_it_was(prod: Product, load: Load) -> None:
    assert set(prod.containers()) == set(SERVICES)
    assert all(prod.health(service) == "healthy" for service in SERVICES)


@pytest.mark.parametrize("service", GENERATORS)
def test_a_generator_may_do_no_more_than_the_others(load: Load, service: str) -> None:
    described = load.containers[service]
    host = described["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert described["Config"]["User"].split(":")[0] not in ("", "0", "root")
    assert 0 < host["Memory"] <= 2**30
    assert 0 < host["PidsLimit"] <= 256
    assert not [mount for mount in described["Mounts"] if mount["Type"] == "bind" and mount["RW"]]


@pytest.mark.parametrize("service", GENERATORS)
def test_a_generator_has_cores_of_its_own_and_no_quota(load: Load, service: str) -> None:
    host = load.containers[service]["HostConfig"]
    assert host["CpusetCpus"] == LAST_CORE
    assert (host["NanoCpus"], host["CpuQuota"], host["CpuPeriod"]) == (0, 0, 0)


def test_the_rest_of_the_stack_can_be_kept_on_other_cores(prod: Product) -> None:
    told = compose(prod, "config", "--format", "json", STACK_CPUS="0-5", LOAD_CPUS="6,7").stdout
    cores = {name: service["cpuset"] for name, service in json.loads(told)["services"].items()}
    assert cores == {name: "6,7" if name in GENERATORS else "0-5" for name in cores}
    assert set(SERVICES) < set(cores)


def test_only_the_master_knows_the_token(load: Load) -> None:
    mounted = {
        service: [mount["Destination"] for mount in load.containers[service]["Mounts"]]
        for service in GENERATORS
    }
    assert "/run/secrets/load_token" in mounted["load"]
    assert "/run/secrets/load_token" not in mounted["locust-worker"]
    assert not any("LOAD_TOKEN=" in value for value in load.containers["load"]["Config"]["Env"])
