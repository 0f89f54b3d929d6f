"""`python -m loadtests` and plain locust as processes: against a tiny target, then against the stack."""

import json
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from loadtests.result import read_result
from tests.measuring.process import ROOT, Plan, command, environment, run_load
from tests.measuring.target import Target
from tests.ports import free_port
from tests.stack.private_stack import Stack


@pytest.fixture
def target() -> Iterator[Target]:
    """A target that serves for the length of one test."""
    with Target() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def where(target: Target, tmp_path: Path) -> list[str]:
    """A short and gentle smoke run on `target`."""
    return [
        *("smoke", "--host", target.url, "--rate", "60", "--seconds", "2"),
        *("--results", str(tmp_path / "results")),
    ]


def test_a_right_target_passes_and_keeps_no_data_in_use(
    target: Target, where: list[str], tmp_path: Path
) -> None:
    leftovers = tmp_path / "leftovers"
    done = run_load("run", *where, "--leftovers", str(leftovers), "--topology", "slots=2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Wrong answers: none" in done.stdout
    answered, counted = re.findall(r"([\d,]+) answered with 302, ([\d,]+) counted", done.stdout)[0]
    assert answered == counted != "0"
    assert target.things
    assert target.in_use == []
    tag = next(iter(target.things)).rpartition("-")[0]
    assert leftovers.read_text() == f"links purge {tag}- --yes\n"


def test_a_run_leaves_a_folder_with_its_result_and_reports(where: list[str], tmp_path: Path) -> None:
    done = run_load("run", *where, "--topology", "slots=2")
    (folder,) = (tmp_path / "results").iterdir()
    assert f"Report: {folder}" in done.stdout
    assert {"result.json", "report.html", "summary.md", "junit.xml"} <= {
        each.name for each in folder.iterdir()
    }
    result = read_result(folder)
    assert result.id == folder.name
    assert result.outcome == "PASS"
    assert (result.workload, result.version, result.fingerprint["slots"]) == ("smoke", "1", "2")
    assert len(result.canary) == 2
    assert [phase.name for phase in result.phases] == ["warm-up", "steady"]
    assert sum(cell.wrong for cell in result.cells) == 0


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
    target: Target, where: list[str], fault: str, complaint: str
) -> None:
    target.fault = fault
    done = run_load("run", *where)
    assert done.returncode == 2, done.stdout + done.stderr
    assert re.search(complaint, done.stdout)
    assert target.in_use == []


@pytest.mark.parametrize(
    ("arguments", "variables", "complaint"),
    [
        (["smoke", "--host", "http://example.org"], {}, "--i-own-this"),
        (["smoke", "--host", "http://127.0.0.1:1"], {}, "does not answer"),
        (["nosuch"], {}, "no table 'nosuch'. It has: baseline, smoke"),
        (["smoke"], {"LOAD_TOKEN_FILE": "/nowhere"}, "both set"),
    ],
)
def test_what_cannot_start_is_one_plain_line(
    arguments: list[str], variables: dict[str, str], complaint: str
) -> None:
    done = run_load("run", *arguments, **variables)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wrong_command_line_is_not_taken_for_a_missed_objective() -> None:
    done = run_load("run", "smoke", "--seconds", "-1")
    assert done.returncode == 1
    assert "'-1' is not a number greater than 0" in done.stderr


def test_a_bad_workloads_file_is_said_with_all_its_faults(target: Target, tmp_path: Path) -> None:
    file = Plan(tmp_path, rate=0, seconds=1).workloads
    file.write_text(file.read_text().replace("items = 1", "item = 1"))
    done = run_load("run", "plan", "--host", target.url, TEST_WORKLOADS=str(file))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for fault in ("phases.0.rate", "items: Field required", "item: Extra inputs"):
        assert fault in done.stderr


def test_an_unknown_kind_in_the_mix_is_said_before_any_load(target: Target, tmp_path: Path) -> None:
    file = Plan(tmp_path, rate=1, seconds=1, mix='{ "back page" = 1 }').workloads
    done = run_load("run", "plan", "--host", target.url, TEST_WORKLOADS=str(file))
    assert done.returncode == 1
    assert "'back page', which no scenario has. There are: 'API create'" in done.stderr
    assert target.things == {}


def test_a_refused_token_is_said_before_any_load(target: Target, where: list[str]) -> None:
    done = run_load("run", *where, LOAD_TOKEN="another")
    assert done.returncode == 1
    assert "refused the token" in done.stderr
    assert done.stderr.count("\n") == 1
    assert set(target.refused) <= {"/api/links", *(f"/api/links/{slug}" for slug in names_of(target))}
    assert target.things == {}
    assert "another" not in done.stdout + done.stderr


def names_of(target: Target) -> set[str]:
    """The things that somebody without a right token tried to change."""
    return {path.rpartition("/")[2] for path in target.refused if path.startswith("/api/links/lt-")}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_keeps_what_it_has_and_cleans_up(
    target: Target, tmp_path: Path, number: signal.Signals
) -> None:
    results = tmp_path / "results"
    words = command("run", "smoke", "--host", target.url, "--rate", "60", "--results", str(results))
    with subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if "of 30 s" in line:
                process.send_signal(number)
                break
        rest = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert "Cleaning up" in rest
    assert "(interrupted)" in rest
    assert target.things
    assert target.in_use == []
    (folder,) = results.iterdir()
    result = read_result(folder)
    assert result.interrupted
    assert result.raw(range(len(result.windows))).total > 0
    end = result.windows[-1].start + result.windows[-1].seconds
    assert end == pytest.approx(result.phases[-1].start + result.phases[-1].seconds)
    assert end < 30
    assert sum(window.due for window in result.windows) < 60 * end * 1.5
    assert (folder / "report.html").exists()


def test_an_interrupted_comparison_keeps_what_it_has_and_cleans_up_both_sides(
    target: Target, tmp_path: Path
) -> None:
    results = tmp_path / "results"
    sides = ("--interleaved", target.url, target.url, "--workload", "smoke", "--rate", "60")
    words = command("compare", *sides, "--results", str(results))
    with subprocess.Popen(words, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            # The base was opened first, so that what the other one opened later must not be in its way.
            if re.match(r"[1-9]\d* of \d+ s", line):
                process.send_signal(signal.SIGTERM)
                break
        rest = process.communicate(timeout=60)[0]
    assert process.returncode == 130, rest
    assert rest.count("To delete it: flask") == 2
    assert target.things
    assert target.in_use == []
    (folder,) = results.iterdir()
    assert read_result(folder / "base-1.json").interrupted


def test_a_smoke_run_on_the_stack_finds_every_answer_right_and_leaves_nothing(stack: Stack) -> None:
    done = stack.demijohn("load", "run", "smoke", "--rate", "150", "--seconds", "8", check=False)
    assert done.returncode in (0, 4), done.stdout + done.stderr  # a busy machine may make it INVALID
    answered, counted = re.findall(r"([\d,]+) answered with 302, ([\d,]+) counted", done.stdout)[0]
    assert answered == counted != "0"
    for kind in ("redirect", "API create", "API read", "API edit", "front page"):
        assert re.search(rf"^{kind} +[\d,]+ +[\d,.]+ +0 ", done.stdout, re.MULTILINE)
    assert stack.flask("links", "list", "--search", "lt-").stdout == ""
    assert "sums equal lines" in stack.flask("clicks", "verify").stdout
    tokens = [line for line in stack.flask("tokens", "list").stdout.splitlines() if line.startswith("load-")]
    assert tokens
    assert all("revoked" in line for line in tokens)


def locust(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", *arguments]


def test_plain_locust_runs_headless_and_cleans_up(target: Target) -> None:
    command = locust("--headless", "-u", "5", "-r", "5", "-t", "3s", "--host", target.url, "--json")
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {entry["name"] for entry in json.loads(done.stdout)} >= {"redirect", "front page"}
    assert target.things
    assert target.in_use == []


def test_plain_locust_refuses_a_host_in_one_line() -> None:
    command = locust("--headless", "-t", "3s", "--host", "http://example.org")
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "--i-own-this" in done.stderr
    assert "Traceback" not in done.stderr


@contextmanager
def locust_page() -> Iterator[str]:
    """Locust with its web page; the URL of that page."""
    port = free_port()
    command = locust("--web-host", "127.0.0.1", "--web-port", str(port))
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stderr=subprocess.DEVNULL) as process:
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


def test_a_run_starts_and_stops_from_locusts_web_page(target: Target) -> None:
    with locust_page() as page:
        assert "<title>Locust" in fetch(page)
        fetch(f"{page}/swarm", user_count="4", spawn_rate="4", host=target.url)
        wait_for_requests(page, 50)
        stats = json.loads(fetch(f"{page}/stats/requests"))
        assert stats["errors"] == []
        fetch(f"{page}/stop", stop="yes")
    assert target.things
    assert target.in_use == []
