from collections.abc import Callable
from pathlib import Path

import pytest

from loadtests.errors import WorkloadError
from loadtests.mix import share_out
from loadtests.objectives import read_objectives
from loadtests.scenario import find_scenarios
from loadtests.workload import WINDOWS_MAX, WORKLOADS, Workload, read_workload

Write = Callable[[str], Path]
GOOD = """
people = 20
items = 200
skew = 1.1
seed = 1
objectives = "service"
phases = [
    { name = "warm-up", seconds = 5, rate = 40, ramp_from = 10, measured = false },
    { name = "steady", seconds = 20, rate = 80 },
    { name = "after", seconds = 5, rate = 20 },
]
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "workloads.toml"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def good(write: Write) -> Workload:
    return read_workload("one", write(f"[one]{GOOD}"))


@pytest.mark.parametrize("name", ["smoke", "baseline", "stress", "spike", "soak"])
def test_the_repositorys_workloads_have_objectives_and_kinds_that_exist(name: str) -> None:
    workload = read_workload(name, WORKLOADS)
    read_objectives(workload.objectives)
    share_out([person for kind in find_scenarios() for person in kind.people], workload.mix)


def test_the_smoke_workload_takes_half_a_minute() -> None:
    assert read_workload("smoke").seconds == 30


def test_phases_follow_each_other(good: Workload) -> None:
    laid_out = [(p.name, p.start, p.from_rate, p.rate, p.measured) for p in good.lay_out()]
    assert laid_out == [
        ("warm-up", 0, 10, 40, False),
        ("steady", 5, 80, 80, True),
        ("after", 25, 20, 20, True),
    ]


def test_another_rate_is_that_of_the_peak_and_keeps_the_shape(good: Workload) -> None:
    faster = good.at(rate=160)
    assert [(p.ramp_from, p.rate) for p in faster.phases] == [(20, 80), (None, 160), (None, 40)]
    assert faster.seconds == good.seconds


def test_another_length_is_that_of_the_measured_phases_together(good: Workload) -> None:
    assert [p.seconds for p in good.at(seconds=5).phases] == [5, 4, 1]


def test_a_long_run_has_longer_windows_not_more(good: Workload) -> None:
    assert good.window_seconds == 1
    assert good.at(seconds=3600).seconds / good.at(seconds=3600).window_seconds <= WINDOWS_MAX


def test_all_faults_are_told_together(write: Write) -> None:
    text = GOOD.replace("people = 20", "people = 1.5").replace("skew = 1.1\n", "colour = 3\n")
    text = text.replace("rate = 80", "rate = 0").replace('"service"', "1")
    with pytest.raises(WorkloadError) as raised:
        read_workload("one", write(f"[one]{text}"))
    for fault in (
        "table 'one'",
        "people",
        "1.5",
        "skew: Field required",
        "colour",
        "phases.1.rate",
        "objectives",
    ):
        assert fault in str(raised.value)


@pytest.mark.parametrize("number", ["nan", "-1", "0"])
def test_a_rate_that_means_nothing_is_refused(write: Write, number: str) -> None:
    with pytest.raises(WorkloadError, match=r"phases\.1\.rate"):
        read_workload("one", write(f"[one]{GOOD}".replace("rate = 80", f"rate = {number}")))


def test_a_workload_that_measures_nothing_is_refused(write: Write) -> None:
    text = GOOD.replace("rate = 80", "rate = 80, measured = false")
    text = text.replace("rate = 20", "rate = 20, measured = false")
    with pytest.raises(WorkloadError, match="no phase is measured"):
        read_workload("one", write(f"[one]{text}"))


def test_an_unknown_workload_names_those_there_are(write: Write) -> None:
    with pytest.raises(WorkloadError, match="It has: one, two"):
        read_workload("three", write(f"[two]{GOOD}[one]{GOOD}"))


@pytest.mark.parametrize("text", ["[one", "one = 1\n"])
def test_a_file_that_is_none_is_refused(write: Write, text: str) -> None:
    with pytest.raises(WorkloadError):
        read_workload("one", write(text))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkloadError, match=r"workloads\.toml"):
        read_workload("one", tmp_path / "workloads.toml")
