import pytest

from ops.errors import CommandFailed, ServiceFailed, SettingsError


@pytest.mark.parametrize(
    "line",
    [
        '[ERROR] mariadbd: Disk full (/tmp/#sql): (Errcode: 28 "No space left on device")',
        "InnoDB: Error number 28 means 'No space left on device'",
        "OSError: [Errno 28] No space left on device",
    ],
)
def test_a_full_disk_is_said_in_words(line: str) -> None:
    assert "The disk is full" in str(ServiceFailed("db", "ended", ["before", line]))
    assert "The disk is full" in str(CommandFailed(["flask"], 1, [line]))


def test_no_other_failure_is_blamed_on_the_disk() -> None:
    assert "disk" not in str(ServiceFailed("db", "ended", ["Errcode: 13"]))


def test_a_long_report_of_an_error_is_shown_whole() -> None:
    lines = ["a line of the log", "Error: the beginning", *(f"line {number}" for number in range(40))]
    shown = str(CommandFailed(["flask", "migrate"], 1, lines))
    assert "Error: the beginning" in shown
    assert "a line of the log" not in shown
    assert "line 39" in shown


def test_a_short_report_is_shown_with_what_came_before_it() -> None:
    assert "before" in str(CommandFailed(["flask", "migrate"], 1, ["before", "Error: short"]))


def test_one_problem_is_not_called_several() -> None:
    assert str(SettingsError(".env", ["x"])).startswith(".env has a problem:")
    assert str(SettingsError(".env", ["x", "y"])).startswith(".env has 2 problems:")
