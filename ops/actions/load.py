"""Run a load against the running stack."""

import secrets
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.commands import python
from ops.console import Console
from ops.errors import DemijohnError
from ops.health import nginx_answers
from ops.runner import Runner
from ops.runtimes import Runtime
from ops.settings import Settings


def run_load(
    settings: Settings, runtime: Runtime, runner: Runner, console: Console, arguments: list[str]
) -> int:
    """Run `python -m loadtests run` with a token of its own; return its exit code.

    Whatever happens, the token is revoked and the data that the run made is deleted.
    """
    if not nginx_answers(settings, "/livez"):
        raise DemijohnError(f"nothing answers at {settings.address}/: ./demijohn up starts the stack")
    name = f"load-{secrets.token_hex(4)}"
    token = runtime.flask("tokens", "create", name, "--scope", "write", "--expires-in", "1")[-1]
    with TemporaryDirectory() as directory:
        leftovers = Path(directory) / "leftovers"
        command = python.module(
            "loadtests", "run", "--host", settings.address, "--leftovers", str(leftovers), *arguments
        )
        try:
            return runner.show(command, environ={"LOAD_TOKEN": token})
        finally:
            with console.step("Removing what the run left"):
                runtime.flask("tokens", "revoke", name)
                for line in leftovers.read_text().splitlines() if leftovers.exists() else []:
                    runtime.flask(*shlex.split(line))
