"""The engine of this level, brought up once for a run and ended if this run started it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NoReturn

import pytest

from tests.docker.bootstrap import borrow
from tests.docker.engine import Engine
from tests.docker.process import BootstrapError
from tests.docker.product import Product, make_product
from tests.docker.vm import Trial, Vm, start_vm


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine with the images; `give_up` says what happens where this host can have none."""
    with ExitStack() as stack:
        try:
            engine = stack.enter_context(borrow())
        except BootstrapError as error:
            give_up(f"no Docker engine: {error}")
        yield engine


@pytest.fixture(scope="session")
def fresh(engine: Engine) -> Iterator[Product]:
    """A copy of the repository that nobody has started."""
    with make_product(engine) as product:
        yield product


@pytest.fixture(scope="session")
def first_start(fresh: Product) -> subprocess.CompletedProcess[str]:
    """What the command said when it started the copy from nothing."""
    return fresh.demijohn("up", "--runtime", "docker")


@pytest.fixture(scope="session")
def prod(fresh: Product, first_start: subprocess.CompletedProcess[str]) -> Product:
    """A running production stack. A test leaves it running and healthy; what it creates, it names itself."""
    assert first_start.returncode == 0
    return fresh


@pytest.fixture(scope="session")
def bare_vm(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vm]:
    """A machine with Debian 13 that nobody has touched."""
    with start_vm(engine, "trixie", tmp_path_factory.mktemp("vm")) as machine:
        yield machine


@pytest.fixture(scope="session")
def trial(bare_vm: Vm) -> Trial:
    """What the command said that it would change on the untouched machine."""
    before = bare_vm.describe_state()
    done = bare_vm.demijohn("provision", "root@vm", "--dry-run")
    return Trial(done, before, bare_vm.describe_state())


@pytest.fixture(scope="session")
def first_provision(bare_vm: Vm, trial: Trial) -> subprocess.CompletedProcess[str]:
    """What the command said when it provisioned the machine."""
    assert trial.done.returncode == 0, trial.done.stderr
    return bare_vm.demijohn("provision", "root@vm")


@pytest.fixture(scope="session")
def vm(bare_vm: Vm, first_provision: subprocess.CompletedProcess[str]) -> Vm:
    """A provisioned machine. A test leaves nothing running on it; what it creates, it names itself."""
    assert first_provision.returncode == 0, first_provision.stderr
    return bare_vm


def give_up(reason: str) -> NoReturn:
    """Skip what cannot run here; with CI=true fail it, so that nothing is left out unseen."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
