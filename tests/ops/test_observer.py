import io
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from ops import observer
from ops.conversation import Conversation
from ops.observer import Observer, Vantage


class Database(Conversation):
    """Answers every question with the same line, or not at all."""

    def __init__(self, answer: str | None = "Threads_connected\t9") -> None:
        super().__init__(io.StringIO(), io.StringIO())
        self.answer = answer

    def ask(self, question: str, seconds: float) -> str:
        if self.answer is None:
            raise TimeoutError("no answer within 0.5 s")
        return self.answer


class Stack:
    """Two services, both of them this very process, and a directory with one socket."""

    def __init__(self, slots: Path) -> None:
        self.slots = slots
        self.processes: dict[str, int] = {"web-a": os.getpid(), "web-b": os.getpid()}
        self.asked = 0

    def vantage(self) -> Vantage:
        return Vantage(list(self.processes), self.find, lambda processes: self.slots)

    def find(self) -> Mapping[str, int]:
        self.asked += 1
        return dict(self.processes)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    slots = tmp_path / "slots"
    slots.mkdir()
    (slots / "a.sock").symlink_to("a.1.real")
    return Stack(slots)


def work(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_lines_with_all_that_was_seen_are_written_while_the_block_runs(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observer, "INTERVAL_SECONDS", 0.05)
    file, before, watching = tmp_path / "observations", time.time(), Observer(stack.vantage(), Database())
    with watching.writing(file):
        deadline = time.monotonic() + 60
        while not file.exists() or file.read_text().count("\n") < 3:
            assert time.monotonic() < deadline
            work(0.02)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert before <= lines[0]["time"] < lines[1]["time"] <= time.time()
    assert {line["connections"] for line in lines} == {8}
    assert all(line["slots"] == {"web-a": True, "web-b": False} for line in lines)
    assert all(set(line["cpu"]) == {"web-a", "web-b"} for line in lines)
    assert watching.unseen == {}


def test_the_cores_in_use_are_the_processor_time_over_the_time(stack: Stack) -> None:
    watching = Observer(stack.vantage(), Database())
    watching.look_at_processors()
    started, used = time.monotonic(), time.process_time()
    work(0.5)
    cores = watching.look_at_processors()["web-a"]
    expected = (time.process_time() - used) / (time.monotonic() - started)
    assert cores == pytest.approx(expected, rel=0.2)


def test_a_service_that_was_started_again_is_found_again(stack: Stack) -> None:
    watching = Observer(stack.vantage(), Database())
    watching.look_at_processors()
    watching.look_at_processors()
    assert stack.asked == 1
    watching.roots = {**watching.roots, "web-b": 2**22 + 1}
    watching.look_at_processors()
    assert stack.asked == 2
    assert set(watching.look_at_processors()) == {"web-a", "web-b"}


def test_what_cannot_be_seen_is_left_out_and_told_once(stack: Stack) -> None:
    stack.processes = {}
    watching = Observer(stack.vantage(), Database(answer=None))
    assert set(watching.sample()) == set(watching.sample()) == {"time", "slots"}
    assert watching.unseen == {
        "cpu": "no process of the stack is seen from here",
        "connections": "no answer within 0.5 s",
    }


def test_slots_that_are_out_of_sight_are_not_taken_for_out_of_rotation(stack: Stack, tmp_path: Path) -> None:
    stack.slots = tmp_path / "nowhere"
    watching = Observer(stack.vantage(), Database())
    assert "slots" not in watching.sample()
    assert "No such file" in watching.unseen["slots"]
