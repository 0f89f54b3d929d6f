from pathlib import Path

from ops.reports import Counts, read_counts, read_refusal

SUITE = '<testsuites><testsuite tests="{}" failures="{}" errors="{}" skipped="{}">{}</testsuite></testsuites>'
SKIPPED = '<testcase><skipped message="no engine">x.py:1: no engine</skipped></testcase>'


def write(path: Path, *values: object) -> Path:
    path.write_text(SUITE.format(*values))
    return path


def test_an_error_counts_as_a_failure(tmp_path: Path) -> None:
    report = write(tmp_path / "r.xml", 10, 2, 1, 3, "")
    assert read_counts(report) == Counts(passed=4, failed=3, skipped=3)


def test_a_run_that_left_no_report_has_failed(tmp_path: Path) -> None:
    assert read_counts(tmp_path / "none.xml") == Counts(failed=1)


def test_a_run_without_a_single_test_has_failed(tmp_path: Path) -> None:
    assert read_counts(write(tmp_path / "r.xml", 0, 0, 0, 0, "")) == Counts(failed=1)


def test_a_level_that_skipped_everything_could_not_run(tmp_path: Path) -> None:
    assert read_refusal(write(tmp_path / "r.xml", 1, 0, 0, 1, SKIPPED)) == "no engine"
    assert read_refusal(write(tmp_path / "r.xml", 2, 0, 0, 1, SKIPPED)) == ""
    assert read_refusal(write(tmp_path / "r.xml", 1, 1, 0, 0, "")) == ""
