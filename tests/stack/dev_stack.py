"""A copy of the repository, served for development."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.stack.client import Client, wait_until
from tests.stack.private_stack import ROOT, Stack


@contextmanager
def developing() -> Iterator[Stack]:
    """A copy of the repository, served for development."""
    with tempfile.TemporaryDirectory(prefix="dj-") as directory:
        copy = Path(directory)
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for name in listed.decode().rstrip("\0").split("\0"):
            if (ROOT / name).exists():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, copy / name)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        stack = Stack(copy, free_port())
        (copy / ".env").write_text(f"HTTP_ADDRESS=127.0.0.1:{stack.port}\n")
        environment = {name: value for name, value in os.environ.items() if name != "DEMIJOHN_HOME"}
        with (copy / "dev.log").open("wb") as log:
            command = [str(copy / "demijohn"), "dev", "--runtime", "native"]
            process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                wait_until(lambda: process.poll() is not None or page(stack), seconds=180)
                assert process.poll() is None, (copy / "dev.log").read_text()
                yield stack
            finally:
                os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does
                process.wait(timeout=120)
        assert stack.processes() == {}


def page(stack: Stack, path: str = "/") -> str:
    try:
        answer = Client(stack, timeout=5).get(path)
    except ConnectionError:
        return ""
    return answer.body.decode() if answer.status == 200 else ""
