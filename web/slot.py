"""A slot's entry point: gunicorn behind a symlink, and the symlink is the rotation.

    python -SI web/slot.py          run the slot that SLOT and SLOT_DIR name
    python -SI web/slot.py check    exit 0 when that slot answers through its symlink
    python -SI web/slot.py ask /version    print what it answers to that; exit 0 when the status is 200

Nginx connects to `<slot>.sock`, a symlink to the socket that gunicorn binds. The symlink exists
exactly while the slot answers, so leaving the rotation is one unlink, and a request that comes after
it fails at connect, before anything was sent: Nginx takes the other slot, even for a POST.
gunicorn's own socket must stay: its master unlinks it when it stops, and dies when it is gone. For
the same reason each life of a slot binds a name of its own.

This file imports nothing but the standard library: it watches for as long as the slot lives, and a
health check of 20 ms can run often.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

# What Nginx connected before the symlink went waits in gunicorn's backlog, for less than this.
DRAIN_SECONDS = 2.0
STARTING_POLL_SECONDS = 0.1
POLL_SECONDS = 1.0
FAILURES_BEFORE_LEAVING = 3

CHECK_SECONDS = 3
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", str(Path(__file__).parent / "gunicorn.conf.py"))
PR_SET_PDEATHSIG = 1


class Stop(Exception):  # noqa: N818 - not an error: it was asked for
    """SIGTERM or SIGINT came."""


class Rotation:
    """The place of one slot's socket in the directory that Nginx connects through."""

    def __init__(self, directory: Path, slot: str) -> None:
        self.socket = directory / f"{slot}.{os.getpid()}.real"
        self.symlink = directory / f"{slot}.sock"
        self.entered = False

    def enter(self) -> None:
        """Make the symlink; it is relative because the directory has another path where Nginx runs."""
        draft = self.symlink.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.symlink_to(self.socket.name)
        draft.replace(self.symlink)
        self.entered = True

    def leave(self) -> None:
        self.symlink.unlink(missing_ok=True)
        self.entered = False

    def clear(self) -> None:
        """Remove what an earlier life of this slot left behind."""
        self.leave()
        for left in self.socket.parent.glob(f"{self.symlink.stem}.*.real"):
            if left == self.socket or not answers(left):
                left.unlink(missing_ok=True)


def run(rotation: Rotation, command: tuple[str, ...] = GUNICORN) -> int:
    """Run gunicorn in the slot until it ends or a signal comes; return the exit code."""
    rotation.clear()
    environment = os.environ | {"GUNICORN_BIND": f"unix:{rotation.socket}"}
    process = subprocess.Popen(command, env=environment, preexec_fn=die_with_parent)
    try:
        watch(rotation, process)
        print(f"gunicorn ended by itself with status {process.returncode}", file=sys.stderr)
        return process.returncode or 1
    except Stop:
        ignore_further_signals()
        rotation.leave()
        time.sleep(DRAIN_SECONDS)
        process.terminate()
        return process.wait()
    finally:
        rotation.leave()


def watch(rotation: Rotation, process: "subprocess.Popen[bytes]") -> None:
    """Keep the symlink true to the slot's health for as long as gunicorn runs.

    One slow answer is no reason to leave; `FAILURES_BEFORE_LEAVING` in a row are.
    """
    failures = 0
    while process.poll() is None:
        if answers(rotation.socket):
            failures = 0
            if not rotation.entered:
                rotation.enter()
        else:
            failures += 1
            if rotation.entered and failures >= FAILURES_BEFORE_LEAVING:
                print("the slot does not answer: it leaves the rotation", file=sys.stderr)
                rotation.leave()
        time.sleep(POLL_SECONDS if rotation.entered else STARTING_POLL_SECONDS)


def answers(path: Path) -> bool:
    """Tell whether /livez answers 200 on this unix socket, in time."""
    try:
        return ask(path, "/livez")[0] == 200
    except (OSError, ValueError):
        return False


def ask(path: Path, address: str) -> tuple[int, str]:
    """Return status and body of the answer to GET `address` on this unix socket.

    Raises OSError when none comes in time, ValueError when it is no HTTP.
    """
    # The application answers its own hosts alone.
    host = os.environ.get("SERVER_NAMES", "localhost").split()[0]
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(CHECK_SECONDS)
        connection.connect(str(path))
        connection.sendall(f"GET {address} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            status = answer.readline().split(b" ", 2)
            _, _, body = answer.read().partition(b"\r\n\r\n")
    if len(status) < 2 or not status[1].isdigit():
        raise ValueError(f"{path} does not speak HTTP")
    return int(status[1]), body.decode(errors="replace")


def die_with_parent() -> None:
    """Have the kernel stop gunicorn when this process is killed outright; nobody else would."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def raise_stop(signum: int, frame: FrameType | None) -> None:
    raise Stop


def ignore_further_signals() -> None:
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_IGN)


def main() -> int:
    """Do what the arguments ask for; return the exit code."""
    rotation = Rotation(Path(os.environ["SLOT_DIR"]), os.environ["SLOT"])
    if sys.argv[1:] == ["check"]:
        return 0 if answers(rotation.symlink) else 1
    if sys.argv[1:2] == ["ask"]:
        status, body = ask(rotation.symlink, sys.argv[2])
        print(body.strip())
        return 0 if status == 200 else 1
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, raise_stop)
    try:
        return run(rotation)
    except Stop:  # before gunicorn was there
        return 0


if __name__ == "__main__":
    sys.exit(main())
