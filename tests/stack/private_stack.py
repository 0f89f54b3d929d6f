"""A stack of a test's own: the real command, on a home below /tmp and a free port."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
SERVICES = ("db", "web-a", "web-b", "worker", "nginx")


@dataclass(frozen=True)
class Stack:
    """A home with its settings; it runs after `start`."""

    home: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def token(self) -> str:
        """An API token that may write, made for the tests."""
        done = self.flask("tokens", "create", "tests", "--scope", "write")
        return done.stdout.split()[-1]

    def demijohn(
        self, *words: str, check: bool = True, typed: str = "", timeout: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run `./demijohn` on this home; with `check` any exit code but 0 fails the test."""
        done = subprocess.run(
            [ROOT / "demijohn", *words],
            env={**os.environ, "DEMIJOHN_HOME": str(self.home)},
            input=typed,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert not check or done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def start(self, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.demijohn("up", "--runtime", "native", check=check)

    def flask(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a `flask` command with the environment of the running worker."""
        script = (self.home / "var/run/worker.sh").read_text()
        exports = "".join(line for line in script.splitlines(keepends=True) if line.startswith("export "))
        python = ROOT / ".venv/bin/python"
        done = subprocess.run(
            ["sh", "-c", f'{exports}exec "$@"', "sh", python, "-m", "flask", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    def process_ids(self) -> dict[str, int]:
        """The process of each service that runs, as `status` tells it."""
        told = self.demijohn("status", check=False).stdout
        return {name: int(pid) for name, pid in re.findall(r"^([\w-]+) .*process (\d+)", told, re.MULTILINE)}

    def processes(self) -> dict[int, Path]:
        """Every process that belongs to this home, by its command line or its environment."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            except OSError:
                continue
            if f"{self.home}/".encode() in words:
                found[int(process.name)] = process
        return found


@contextmanager
def make_stack(**settings: str) -> Iterator[Stack]:
    """Make a home whose `.env` holds `settings` besides a free port; take the stack down at the end."""
    with tempfile.TemporaryDirectory(prefix="dj-") as directory:
        stack = Stack(Path(directory), free_port())
        lines = {"HTTP_ADDRESS": f"127.0.0.1:{stack.port}", "RATE_LIMIT_EXEMPT": "127.0.0.1", **settings}
        env_file = stack.home / ".env"
        env_file.write_text("".join(f'{name}="{value}"\n' for name, value in lines.items()))
        try:
            yield stack
        finally:
            if (stack.home / "var").exists():
                stack.demijohn("down", "--runtime", "native")
