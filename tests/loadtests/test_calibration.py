"""The kept calibrations, and the refusal of what the generators cannot give."""

from pathlib import Path

import pytest

from loadtests.calibration import (
    Calibration,
    CeilingError,
    check_peak,
    keep_calibration,
    read_calibrations,
)
from loadtests.errors import ResultError


def make(ceiling: float, kernel: str) -> Calibration:
    return Calibration(machine={"kernel": kernel}, ceiling=ceiling, cpu=0.9, path="/", found="now")


def test_each_machine_has_one_calibration_the_newest(tmp_path: Path) -> None:
    results = tmp_path / "new"
    assert read_calibrations(results).machines == []
    for calibration in (make(100, "a"), make(200, "b"), make(300, "a")):
        keep_calibration(calibration, results)
    assert [each.ceiling for each in read_calibrations(results).machines] == [200, 300]


def test_a_file_that_holds_something_else_is_named(tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_text("[]")
    with pytest.raises(ResultError, match="Delete it"):
        read_calibrations(tmp_path)


def test_a_rate_too_near_the_ceiling_is_refused_with_the_number_of_workers_that_it_takes() -> None:
    check_peak(600, 1000, 1)
    check_peak(1200, 1000, 2)
    with pytest.raises(CeilingError, match=r"601 arrivals/s .* here 600, .* 2 --workers"):
        check_peak(601, 1000, 1)
    with pytest.raises(CeilingError, match=r"1,300 .* 2 generators .* here 1,200, .* 3 --workers"):
        check_peak(1300, 1000, 2)
