from collections.abc import Callable
from pathlib import Path

import pytest

from loadtests.errors import WorkloadError
from loadtests.workload import read_workload

Write = Callable[[str], Path]
GOOD = "duration = 30\nusers = 20\npace = 2.5\nitems = 200\nskew = 1.1\nseed = 1\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "workloads.toml"
        path.write_text(text)
        return path

    return write


def test_the_repository_has_a_smoke_workload_of_half_a_minute() -> None:
    assert read_workload("smoke").duration == 30


def test_users_and_pace_make_the_offered_rate(write: Write) -> None:
    assert read_workload("one", write(f"[one]\n{GOOD}")).rate == 50


def test_another_duration_replaces_the_files(write: Write) -> None:
    assert read_workload("one", write(f"[one]\n{GOOD}"), duration=2.0).duration == 2


def test_all_faults_are_told_together(write: Write) -> None:
    text = '[one]\nduration = 0\nusers = 1.5\npace = "fast"\nitems = true\nseed = 1\ncolour = 3\n'
    with pytest.raises(WorkloadError) as raised:
        read_workload("one", write(text))
    for fault in (
        "workload 'one'",
        "duration must be greater than 0, not 0",
        "users must be a whole number, not 1.5",
        "pace must be a number, not 'fast'",
        "items must be a whole number, not True",
        "skew is missing",
        "colour is not a setting",
    ):
        assert fault in str(raised.value)


@pytest.mark.parametrize("number", ["nan", "inf", "-1"])
def test_a_number_that_means_nothing_is_refused(write: Write, number: str) -> None:
    text = f"[one]\n{GOOD}".replace("2.5", number)
    with pytest.raises(WorkloadError, match="pace must be greater than 0"):
        read_workload("one", write(text))


def test_an_unknown_workload_names_those_there_are(write: Write) -> None:
    with pytest.raises(WorkloadError, match="It has: one, two"):
        read_workload("three", write(f"[two]\n{GOOD}[one]\n{GOOD}"))


@pytest.mark.parametrize("text", ["[one", "one = 1\n"])
def test_a_file_that_is_none_is_refused(write: Write, text: str) -> None:
    with pytest.raises(WorkloadError):
        read_workload("one", write(text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"workloads\.toml"):
        read_workload("one", tmp_path / "workloads.toml")
