"""Prompts inside the running stack."""

from typing import NoReturn

from ops.runtimes import Runtime, require


def open_shell(runtime: Runtime) -> NoReturn:
    """Hand the terminal over to Python, inside the application."""
    require(runtime, ["db"])
    runtime.shell()


def open_sql_prompt(runtime: Runtime) -> NoReturn:
    """Hand the terminal over to MariaDB's client."""
    require(runtime, ["db"])
    runtime.sql_prompt()
