import os
import sys
import time
from collections.abc import Iterator

import pytest

from ops.console import Console
from ops.conversation import Conversation
from ops.runner import Runner

ECHO = """
import sys, time
for line in sys.stdin:
    word, _, seconds = line.strip().partition(" ")
    time.sleep(float(seconds or 0))
    print("heard", word, flush=True)
"""


@pytest.fixture
def real() -> Runner:
    return Runner(Console(), os.environ)


@pytest.fixture
def echo(real: Runner) -> Iterator[Conversation]:
    with real.converse([sys.executable, "-c", ECHO]) as conversation:
        yield conversation


def test_each_question_gets_its_answer(echo: Conversation) -> None:
    assert [echo.ask(word, 30) for word in ("a", "b")] == ["heard a", "heard b"]


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(echo: Conversation) -> None:
    echo.ask("awake", 30)
    with pytest.raises(TimeoutError, match=r"no answer within 0\.01 s"):
        echo.ask("slow 0.5", 0.01)
    deadline = time.monotonic() + 30
    while echo.answers.empty():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert echo.ask("next", 30) == "heard next"


def test_a_command_that_has_ended_is_an_error_of_the_system(real: Runner) -> None:
    with real.converse(["true"]) as gone, pytest.raises(OSError, match=r"no answer|[Bb]roken pipe"):
        gone.ask("anybody?", 0.1)


def test_a_command_that_heeds_no_end_is_killed(real: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.runner.END_SECONDS", 0.1)
    started = time.monotonic()
    with real.converse([sys.executable, "-c", "import time; time.sleep(600)"]):
        pass
    assert time.monotonic() - started < 60


def test_ctrl_c_at_the_terminal_does_not_reach_the_command(real: Runner) -> None:
    ask_group = "import os; input(); print(os.getpgrp())"
    with real.converse([sys.executable, "-c", ask_group]) as conversation:
        assert int(conversation.ask("", 30)) != os.getpgrp()
