"""Run the stack for development, in the foreground."""

from ops.actions.up import start_stack
from ops.commands.compose import Compose
from ops.console import Console
from ops.runner import Runner
from ops.runtimes import Runtime
from ops.runtimes.native import NativeRuntime
from ops.settings import Settings

DEVELOPMENT = "docker-compose.dev.yml"


def develop(settings: Settings, runtime: Runtime, runner: Runner, console: Console) -> None:
    """Start with the application reloading itself, show the logs until Ctrl-C, then stop."""
    if runtime.name == "docker":
        runner.become(Compose(DEVELOPMENT, settings.home.env_file).up())
    native = NativeRuntime(settings, runner, console, development=True)
    start_stack(settings, native, console)
    try:
        runner.show(native.log_command([], follow=True))
    finally:
        native.down()
