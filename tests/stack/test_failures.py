"""What `./demijohn up` says and leaves behind when it cannot succeed."""

import os
import secrets
import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.stack.client import wait_until
from tests.stack.private_stack import Stack, make_stack


def last_line(stderr: str) -> str:
    return stderr.strip().splitlines()[-1]


def nothing_was_changed(stack: Stack) -> bool:
    return {path.name for path in stack.home.iterdir()} == {".env"} and not stack.processes()


def test_a_port_in_use_is_a_plain_sentence_and_nothing_changes(home: Stack) -> None:
    with socket.create_server(("127.0.0.1", home.port)):
        done = home.start(check=False)
    assert done.returncode == 1
    assert f"port {home.port} is in use by " in last_line(done.stderr)
    assert f"(process {os.getpid()})" in last_line(done.stderr)
    assert nothing_was_changed(home)


def test_a_broken_env_file_is_told_whole_and_nothing_changes() -> None:
    with make_stack(WEB_THREADS="many", LOG_LEVEL="loud") as stack:
        done = stack.start(check=False)
        assert done.returncode == 1
        assert "WEB_THREADS is 'many'" in done.stderr
        assert "LOG_LEVEL is 'loud'" in done.stderr
        assert nothing_was_changed(stack)


def test_a_database_that_will_not_start_shows_its_log_and_everything_stops(home: Stack) -> None:
    data = home.home / "var/db"
    data.mkdir(parents=True)
    (data / "ibdata1").write_bytes(secrets.token_bytes(1024 * 1024))
    done = home.start(check=False)
    assert done.returncode == 1
    assert "The end of db's log:" in done.stderr
    assert "[ERROR]" in done.stderr
    assert "db ended while it was starting" in last_line(done.stderr)
    wait_until(lambda: not home.processes())


def test_an_application_that_will_not_start_stops_the_database_again(home: Stack) -> None:
    (home.home / "secrets").mkdir()
    (home.home / "secrets/secret_key").write_text("short\n")
    done = home.start(check=False)
    assert done.returncode == 1
    assert "SECRET_KEY is missing or too short" in done.stderr
    assert "Stopping what was started: db" in done.stderr
    wait_until(lambda: not home.processes())


def test_a_failed_update_leaves_what_ran_running(stack: Stack) -> None:
    key = stack.home / "secrets/secret_key"
    kept, before = key.read_text(), stack.process_ids()
    try:
        key.unlink()
        key.write_text("short\n")
        assert stack.start(check=False).returncode == 1
    finally:
        key.write_text(kept)
    assert stack.process_ids() == before
    assert stack.demijohn("status").returncode == 0


@pytest.fixture
def small_disk() -> Iterator[Stack]:
    """A home on a disk of 64 MiB."""
    with make_stack() as stack:
        options = ["-t", "tmpfs", "-o", "size=64m", "tmpfs"]
        disk = stack.home / "disk"
        disk.mkdir()
        subprocess.run(["mount", *options, disk], check=True)
        try:
            (disk / ".env").write_bytes((stack.home / ".env").read_bytes())
            yield Stack(disk, stack.port)
        finally:
            subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_a_plain_sentence_and_nothing_changes(small_disk: Stack) -> None:
    done = small_disk.start(check=False)
    assert done.returncode == 1
    assert "is full: 63 MiB are free and 512 are needed" in last_line(done.stderr)
    assert nothing_was_changed(small_disk)


def test_a_home_with_too_long_a_path_is_refused(home: Stack) -> None:
    deep = home.home / ("x" * 100)
    deep.mkdir()
    (deep / ".env").write_bytes((home.home / ".env").read_bytes())
    done = Stack(deep, home.port).start(check=False)
    assert done.returncode == 1
    assert "too long for the sockets" in last_line(done.stderr)


def test_questions_about_a_stack_that_is_down_have_a_plain_answer(home: Stack) -> None:
    for words in (["status"], ["logs"], ["restart", "web-a"], ["load", "run", "smoke"], ["db"], ["shell"]):
        done = home.demijohn(*words, "--runtime", "native", check=False)
        assert done.returncode == 1, words
        assert "./demijohn up" in last_line(done.stderr), words
    assert "was not up" in home.demijohn("down", "--runtime", "native").stdout
