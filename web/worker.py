"""The worker: runs the background jobs that the application registers, one pass after the other.

A job does one pass and tells whether more is left to do at once. Otherwise the worker waits: what comes
in meanwhile is done in one go, which costs less than doing each bit as it comes. After a failed pass it
waits longer and tries again, so an absent database needs no restart.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

logger = logging.getLogger(__name__)

Job = Callable[[], bool]

# Answering comes first: what a job does can wait. Compose's cpu_shares say the same to the engine.
NICENESS = 10
PAUSE_SECONDS = 0.5
RETRY_SECONDS = (0.5, 1, 2, 5)


def register_job(app: Flask, name: str, job: Job) -> None:
    """Have the worker run `job`, within the application's context."""
    app.extensions["jobs"][name] = job


def run_worker(app: Flask, heartbeat: Path) -> None:
    """Run every registered job in a thread until SIGTERM or SIGINT; each ends its pass first."""
    os.nice(NICENESS)
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    jobs: dict[str, Job] = app.extensions["jobs"]
    beats = dict.fromkeys(jobs, time.monotonic())
    threads = [
        threading.Thread(target=repeat, args=(app, name, job, stop, beats), name=name)
        for name, job in jobs.items()
    ]
    for thread in threads:
        thread.start()
    logger.info("the worker runs: %s", ", ".join(jobs) or "no job is registered")
    while not stop.wait(1):
        beat(heartbeat, beats)
    for thread in threads:
        thread.join()


def beat(heartbeat: Path, beats: dict[str, float], patience: float = 60) -> None:
    """Touch the heartbeat file, unless a job's pass hangs for more than `patience` seconds."""
    if all(time.monotonic() - last < patience for last in beats.values()):
        heartbeat.touch()


def repeat(app: Flask, name: str, job: Job, stop: threading.Event, beats: dict[str, float]) -> None:
    """Run one job's passes until `stop` is set."""
    failures = 0
    while not stop.is_set():
        beats[name] = time.monotonic()
        try:
            with app.app_context():
                more = job()
            failures = 0
            pause = 0 if more else PAUSE_SECONDS
        except Exception:
            pause = RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)]
            failures += 1
            logger.exception("a pass of %s failed; it is tried again in %s s", name, pause)
        stop.wait(pause)


def init_app(app: Flask) -> None:
    app.extensions["jobs"] = {}
