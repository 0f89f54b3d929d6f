"""`python -m loadtests` and plain locust as processes: against a tiny target, then against the stack."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from tests.stack.load_target import TOKEN, Target
from tests.stack.private_stack import Stack, free_port

ROOT = Path(__file__).resolve().parents[2]
RunLoad = Callable[..., subprocess.CompletedProcess[str]]

# Waits 1 s instead of 30 for a target whose account will never agree.
IMPATIENT = """
import runpy, loadtests.run
loadtests.run.SETTLE = 1.0
runpy.run_module("loadtests", run_name="__main__")
"""


@pytest.fixture
def target() -> Iterator[Target]:
    """A target that serves for the length of one test."""
    with Target() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of a load run against `target`."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("LOAD_", "LOCUST_"))
    }
    return inherited | {"LOAD_TOKEN": TOKEN}


@pytest.fixture
def run_load(environment: dict[str, str]) -> RunLoad:
    """Runs `python -m loadtests run`, impatiently, with more arguments and variables."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", IMPATIENT, "run", *arguments],
            cwd=ROOT,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_a_right_target_passes_and_keeps_no_data_in_use(
    target: Target, run_load: RunLoad, tmp_path: Path
) -> None:
    leftovers = tmp_path / "leftovers"
    where = ["--host", target.url, "--duration", "2", "--leftovers", str(leftovers)]
    done = run_load("smoke", *where)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Wrong answers: none" in done.stdout
    answered, counted = re.findall(r"([\d,]+) answered with 302, ([\d,]+) counted", done.stdout)[0]
    assert answered == counted != "0"
    assert target.things
    assert target.in_use == []
    tag = next(iter(target.things)).rpartition("-")[0]
    assert leftovers.read_text() == f"links purge {tag}- --yes\n"


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("status", "redirect: 500 instead of 302"),
        ("location", "redirect: leads to another target"),
        ("shape", "API read: lacks note"),
        ("page", "front page: the page breaks off"),
        ("count", r"/lt-\w+-1: \d+ answered, 0 counted"),
    ],
)
def test_a_wrong_answer_is_exit_code_2_and_named(
    target: Target, run_load: RunLoad, fault: str, complaint: str
) -> None:
    target.fault = fault
    done = run_load("smoke", "--host", target.url, "--duration", "1")
    assert done.returncode == 2, done.stdout + done.stderr
    assert re.search(complaint, done.stdout)
    assert target.in_use == []


@pytest.mark.parametrize(
    ("arguments", "variables", "complaint"),
    [
        (["smoke", "--host", "http://example.org"], {}, "--i-own-this"),
        (["smoke", "--host", "http://127.0.0.1:1"], {}, "does not answer"),
        (["nosuch"], {}, "no workload 'nosuch'. It has: smoke"),
        (["smoke", "--duration", "-1"], {}, "duration must be greater than 0"),
        (["smoke"], {"LOAD_TOKEN_FILE": "/nowhere"}, "both set"),
    ],
)
def test_what_cannot_start_is_one_plain_line(
    run_load: RunLoad, arguments: list[str], variables: dict[str, str], complaint: str
) -> None:
    done = run_load(*arguments, **variables)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_refused_token_is_said_before_any_load(target: Target, run_load: RunLoad) -> None:
    done = run_load("smoke", "--host", target.url, LOAD_TOKEN="another")
    assert done.returncode == 1
    assert "refused the token" in done.stderr
    assert target.refused == ["/api/links", *target.refused[1:]]
    assert "another" not in done.stdout + done.stderr


def test_ctrl_c_ends_the_load_early_and_still_cleans_up(target: Target, environment: dict[str, str]) -> None:
    command = [sys.executable, "-u", "-m", "loadtests", "run", "smoke", "--host", target.url]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if "of 30 s" in line:
                process.send_signal(signal.SIGINT)
                break
        rest = process.communicate(timeout=30)[0]
    assert process.returncode == 130
    assert "Cleaning up" in rest
    assert "requests in" in rest
    assert target.things
    assert target.in_use == []


def test_a_smoke_run_on_the_stack_finds_every_answer_right_and_leaves_nothing(stack: Stack) -> None:
    done = stack.demijohn("load", "run", "smoke", "--duration", "8")
    answered, counted = re.findall(r"([\d,]+) answered with 302, ([\d,]+) counted", done.stdout)[0]
    assert answered == counted != "0"
    for kind in ("redirect", "API create", "API read", "API edit", "front page"):
        assert re.search(rf"^{kind} .* 0( +[\d,<]+){{3}}$", done.stdout, re.MULTILINE)
    assert stack.flask("links", "list", "--search", "lt-").stdout == ""
    assert "sums equal lines" in stack.flask("clicks", "verify").stdout


def locust(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", *arguments]


def test_plain_locust_runs_headless_and_cleans_up(target: Target, environment: dict[str, str]) -> None:
    command = locust("--headless", "-u", "5", "-r", "5", "-t", "3s", "--host", target.url, "--json")
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {entry["name"] for entry in json.loads(done.stdout)} >= {"redirect", "front page"}
    assert target.things
    assert target.in_use == []


def test_plain_locust_refuses_a_host_in_one_line(environment: dict[str, str]) -> None:
    command = locust("--headless", "-t", "3s", "--host", "http://example.org")
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "--i-own-this" in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def locust_page(environment: dict[str, str]) -> Iterator[str]:
    """Locust with its web page; the URL of that page."""
    port = free_port()
    command = locust("--web-host", "127.0.0.1", "--web-port", str(port))
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        process.communicate(timeout=30)


def fetch(url: str, **form: str) -> str:
    """Get `url`, or post `form` to it; wait while nobody answers yet."""
    data = urllib.parse.urlencode(form).encode() if form else None
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, data, timeout=10) as answer:  # noqa: S310
                return str(answer.read().decode())
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def wait_for_requests(page: str, number: int) -> None:
    deadline = time.monotonic() + 30
    while json.loads(fetch(f"{page}/stats/requests"))["stats"][-1]["num_requests"] < number:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_run_starts_and_stops_from_locusts_web_page(target: Target, environment: dict[str, str]) -> None:
    with locust_page(environment) as page:
        assert "<title>Locust" in fetch(page)
        fetch(f"{page}/swarm", user_count="4", spawn_rate="4", host=target.url)
        wait_for_requests(page, 50)
        stats = json.loads(fetch(f"{page}/stats/requests"))
        assert stats["errors"] == []
        fetch(f"{page}/stop", stop="yes")
    assert target.things
    assert target.in_use == []
