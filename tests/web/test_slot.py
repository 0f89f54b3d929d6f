"""The rotation: the symlink exists exactly while the slot answers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

SLOT = Path(__file__).parents[2] / "web" / "slot.py"

# Stands in for gunicorn: answers /livez, for its own host alone as the application does, until the file
# `sick` appears beside its socket.
SERVER = """
import os, pathlib, socket, sys, threading
path = os.environ["GUNICORN_BIND"].removeprefix("unix:")
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen()
while True:
    connection, _ = server.accept()
    ours = b"\\r\\nHost: go.example.com\\r\\n" in connection.recv(1024)
    sick = not ours or (pathlib.Path(path).parent / "sick").exists()
    connection.sendall(b"HTTP/1.0 500 no\\r\\n\\r\\n" if sick else b"HTTP/1.0 200 OK\\r\\n\\r\\n")
    connection.close()
"""

RUNNER = f"""
import signal, sys
sys.path.insert(0, {str(SLOT.parent)!r})
import slot
slot.POLL_SECONDS, slot.DRAIN_SECONDS = 0.05, 0.2
slot.GUNICORN = (sys.executable, "-SI", sys.argv.pop())
slot.run.__defaults__ = (slot.GUNICORN,)
sys.exit(slot.main())
"""


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def directory() -> Iterator[Path]:
    with TemporaryDirectory(prefix="slot", dir="/tmp") as path:
        yield Path(path)


def environment(directory: Path) -> dict[str, str]:
    names = "go.example.com www.example.com"
    return os.environ | {"SLOT": "a", "SLOT_DIR": str(directory), "SERVER_NAMES": names}


@pytest.fixture
def slot(directory: Path) -> Iterator["subprocess.Popen[bytes]"]:
    server = directory / "server.py"
    server.write_text(SERVER)
    process = subprocess.Popen([sys.executable, "-SIc", RUNNER, str(server)], env=environment(directory))
    yield process
    process.kill()
    process.wait()


def test_a_slot_enters_the_rotation_when_it_answers(directory: Path, slot: object) -> None:
    wait_until((directory / "a.sock").is_symlink)
    assert not (directory / "a.sock").readlink().is_absolute()


def test_a_sick_slot_leaves_the_rotation_and_comes_back_when_well(directory: Path, slot: object) -> None:
    link = directory / "a.sock"
    wait_until(link.is_symlink)
    (directory / "sick").touch()
    wait_until(lambda: not link.is_symlink())
    (directory / "sick").unlink()
    wait_until(link.is_symlink)


def test_a_stopping_slot_leaves_the_rotation_before_its_server_stops(
    directory: Path, slot: "subprocess.Popen[bytes]"
) -> None:
    link = directory / "a.sock"
    wait_until(link.is_symlink)
    real = directory / link.readlink()
    slot.send_signal(signal.SIGTERM)
    wait_until(lambda: not link.is_symlink())
    with socket.socket(socket.AF_UNIX) as connection:  # it still answers whoever connected just before
        connection.connect(str(real))
    slot.wait(timeout=20)
    assert not link.is_symlink()


def test_a_slot_whose_server_ends_by_itself_ends_as_a_failure(directory: Path) -> None:
    server = directory / "server.py"
    server.write_text("raise SystemExit(0)")
    environment = os.environ | {"SLOT": "a", "SLOT_DIR": str(directory)}
    process = subprocess.run(
        [sys.executable, "-SIc", RUNNER, str(server)], env=environment, timeout=30, check=False
    )
    assert process.returncode == 1
    assert not (directory / "a.sock").is_symlink()


def test_the_check_fails_when_nothing_answers_and_passes_when_something_does(
    directory: Path, slot: object
) -> None:
    command = [sys.executable, "-SI", str(SLOT), "check"]

    def check() -> int:
        return subprocess.run(command, env=environment(directory), check=False).returncode

    wait_until(lambda: check() == 0)
    (directory / "sick").touch()
    assert check() == 1


def test_a_killed_slot_takes_its_server_with_it(directory: Path, slot: "subprocess.Popen[bytes]") -> None:
    link = directory / "a.sock"
    wait_until(link.is_symlink)
    real = directory / link.readlink()
    slot.kill()

    def refuses() -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(real)) != 0

    wait_until(refuses)
