"""Which runtime a command works with.

The one that `up` chose stays chosen until `down`, and is remembered in `var/runtime`. Before that it
is docker where an engine and Compose v2 answer, and native everywhere else.
"""

import shutil
from collections.abc import Callable, Mapping

from ops.commands import compose
from ops.console import Console
from ops.errors import CommandFailed, DemijohnError
from ops.paths import Home
from ops.runner import Runner
from ops.runtimes import Runtime
from ops.runtimes.docker import DockerRuntime
from ops.runtimes.native import NativeRuntime
from ops.settings import Settings

RUNTIMES: Mapping[str, Callable[[Settings, Runner, Console], Runtime]] = {
    "native": NativeRuntime,
    "docker": DockerRuntime,
}


def choose(wanted: str | None, settings: Settings, runner: Runner, console: Console) -> Runtime:
    """Given the runtime that was asked for, if any, return the one to use."""
    remembered = recall(settings.home)
    if wanted and remembered and wanted != remembered:
        raise DemijohnError(f"the {remembered} runtime is in use: ./demijohn down stops it first")
    if wanted == "docker" and not remembered and not docker_answers(runner):
        raise DemijohnError("no Docker engine with Compose v2 answers: start one, or use --runtime native")
    name = remembered or wanted or ("docker" if docker_answers(runner) else "native")
    return RUNTIMES[name](settings, runner, console)


def docker_answers(runner: Runner) -> bool:
    if not shutil.which("docker"):
        return False
    try:
        runner.run(compose.engine())
        version = runner.run(compose.version())[0]
    except CommandFailed:
        return False
    return int(version.lstrip("v").partition(".")[0]) >= 2


def recall(home: Home) -> str | None:
    try:
        name = (home.var / "runtime").read_text().strip()
    except FileNotFoundError:
        return None
    return name if name in RUNTIMES else None


def remember(home: Home, name: str) -> None:
    home.var.mkdir(parents=True, exist_ok=True)
    (home.var / "runtime").write_text(f"{name}\n")


def forget(home: Home) -> None:
    (home.var / "runtime").unlink(missing_ok=True)
