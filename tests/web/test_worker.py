import threading
import time
from pathlib import Path

from flask import Flask

from web.worker import PAUSE_SECONDS, beat, repeat


def test_a_failing_pass_is_tried_again(app: Flask) -> None:
    stop, calls = threading.Event(), 0

    def job() -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionError("the database is away")
        stop.set()
        return False

    repeat(app, "job", job, stop, {})
    assert calls == 2


def test_a_job_goes_on_at_once_while_more_is_left_and_else_lets_it_gather(app: Flask) -> None:
    left, pauses = [True, True, False], []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout)
            return False

    stop = Stop()

    def job() -> bool:
        if len(left) == 1:
            stop.set()
        return left.pop(0)

    repeat(app, "job", job, stop, {})
    assert pauses == [0, 0, PAUSE_SECONDS]


def test_the_heart_beats_while_jobs_move(tmp_path: Path) -> None:
    beat(tmp_path / "beat", {"job": time.monotonic()})
    assert (tmp_path / "beat").exists()


def test_the_heart_stops_when_a_job_hangs(tmp_path: Path) -> None:
    beat(tmp_path / "beat", {"job": time.monotonic() - 61})
    assert not (tmp_path / "beat").exists()


def test_a_worker_without_jobs_beats(tmp_path: Path) -> None:
    beat(tmp_path / "beat", {})
    assert (tmp_path / "beat").exists()
