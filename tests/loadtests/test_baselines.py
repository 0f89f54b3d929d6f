"""The stored runs that new ones are measured by, and the command that reads and accepts them."""

from pathlib import Path
from random import Random

import pytest

from loadtests.__main__ import main
from loadtests.baselines import accept_baseline, find_baseline, read_baseline
from loadtests.comparison import read_comparison
from loadtests.errors import ResultError
from loadtests.objectives import Objective, Objectives
from loadtests.result import Outcome, Result, write_result
from tests.loadtests.simulated_runs import Plan, simulate

# ruff: noqa: S311 - random numbers that are repeatable on purpose


@pytest.fixture
def random() -> Random:
    return Random(11)


def keep(results: Path, name: str, result: Result) -> str:
    """Write the folder that a run leaves; return its path."""
    folder = results / name
    folder.mkdir(parents=True)
    write_result(result, folder / "result.json")
    objectives = Objectives(every=Objective(error_ratio=0))
    (folder / "objectives.json").write_text(objectives.model_dump_json())
    return str(folder)


def test_a_baseline_belongs_to_a_class_of_host_and_a_workload(random: Random, tmp_path: Path) -> None:
    run = simulate(random, Plan(seconds=12))
    run.fingerprint |= {"processor": "Some(R) CPU @ 2.5/3 GHz", "cores": 2}
    path = accept_baseline(run, tmp_path)
    assert path == tmp_path / "baselines/some-r-cpu-2-5-3-ghz-2-cores-simulated.json"
    assert read_baseline(run, tmp_path) == run
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    run.workload = "another"
    with pytest.raises(ResultError, match="--accept"):
        read_baseline(run, tmp_path)


@pytest.mark.parametrize("outcome", [Outcome.INVALID, Outcome.FAIL, None])
def test_only_a_run_that_passed_becomes_the_baseline(
    random: Random, tmp_path: Path, outcome: Outcome | None
) -> None:
    run = simulate(random, Plan(seconds=12))
    run.outcome = outcome
    with pytest.raises(ResultError, match=outcome or "not judged"):
        accept_baseline(run, tmp_path)
    assert not find_baseline(run, tmp_path).exists()


def test_runs_are_compared_and_the_reports_stand_beside_the_new_one(
    random: Random, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = keep(tmp_path, "base", simulate(random, Plan()))
    new = keep(tmp_path, "new", simulate(random, Plan(slower=1.5)))
    assert main(["compare", base, new]) == 3
    assert "all requests, p50: regression" in capsys.readouterr().out
    assert read_comparison(Path(new, "comparison.json")).outcome is Outcome.REGRESSION
    assert "REGRESSION" in Path(new, "summary.md").read_text().upper()
    assert Path(new, "report.html").is_file()
    assert sorted(each.name for each in Path(base).iterdir()) == ["objectives.json", "result.json"]


def test_files_do_as_well_as_folders(random: Random, tmp_path: Path) -> None:
    base, new = (keep(tmp_path, name, simulate(random, Plan())) for name in ("base", "new"))
    assert main(["compare", f"{base}/result.json", f"{new}/result.json"]) == 0
    assert Path(new, "comparison.json").is_file()


def test_too_little_to_tell_is_exit_code_4(random: Random, tmp_path: Path) -> None:
    base, new = (keep(tmp_path, name, simulate(random, Plan(rate=2))) for name in ("base", "new"))
    assert main(["compare", base, new]) == 4


def test_a_run_is_compared_with_the_accepted_baseline(
    random: Random, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = keep(tmp_path, "good", simulate(random, Plan()))
    slow = keep(tmp_path, "slow", simulate(random, Plan(slower=1.5)))
    assert main(["compare", "--baseline", good]) == 1
    assert "--accept" in capsys.readouterr().err
    assert main(["compare", "--accept", good]) == 0
    assert main(["compare", "--baseline", slow]) == 3
    assert main(["compare", "--baseline", good]) == 0


@pytest.mark.parametrize("words", [["--baseline", "a", "b"], ["a"], ["--accept", "a", "b"], ["a", "b", "c"]])
def test_a_wrong_number_of_runs_is_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *words]) == 1
    assert "compare --help" in capsys.readouterr().err


def test_runs_that_differ_in_kind_are_refused_with_every_difference(
    random: Random, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = simulate(random, Plan(seconds=12))
    base = keep(tmp_path, "base", run)
    run.fingerprint |= {"cores": 8, "workload": "other"}
    new = keep(tmp_path, "new", run)
    assert main(["compare", base, new]) == 1
    told = capsys.readouterr().err
    assert "cores: 2 and 8" in told
    assert "workload: 4f1c and other" in told
