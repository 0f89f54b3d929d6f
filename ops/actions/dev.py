"""Run the stack for development, in the foreground."""

from contextlib import suppress

from ops.actions.down import stop_stack
from ops.actions.up import start_stack
from ops.console import Console
from ops.runner import Runner
from ops.runtimes import Runtime
from ops.runtimes.docker import DockerRuntime
from ops.runtimes.native import NativeRuntime
from ops.settings import Settings, write_env_file


def develop(settings: Settings, runtime: Runtime, runner: Runner, console: Console) -> None:
    """Start with the application reloading itself, show the logs until Ctrl-C, then stop."""
    if isinstance(runtime, DockerRuntime):
        write_env_file(settings.home)
        runtime.develop()
    native = NativeRuntime(settings, runner, console, development=True)
    start_stack(settings, native, console)
    try:
        with suppress(KeyboardInterrupt):
            runner.show(native.log_command([], follow=True))
    finally:
        stop_stack(settings, native, console)
