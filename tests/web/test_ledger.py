from pathlib import Path

from web.ledger import Balance, identify, ledger_files, whole_lines


def test_a_file_without_a_whole_line_has_no_identity_yet() -> None:
    assert identify(b"") is None
    assert identify(b"half a li") is None
    assert identify(b"a line\n") is not None


def test_files_are_read_oldest_first_and_the_live_one_last(tmp_path: Path) -> None:
    for name in ("ledger.log", "ledger.log.20260102T000000Z", "ledger.log.20260101T000000Z", "other"):
        (tmp_path / name).touch()
    assert [path.name for path in ledger_files(tmp_path)] == [
        "ledger.log.20260101T000000Z",
        "ledger.log.20260102T000000Z",
        "ledger.log",
    ]


def test_half_a_line_at_the_end_waits_for_its_rest() -> None:
    assert whole_lines(b"one\ntwo\nthr") == b"one\ntwo\n"
    assert whole_lines(b"one") == b""


def test_a_balance_with_a_fault_does_not_hold() -> None:
    assert Balance(3, 3, []).holds
    assert not Balance(3, 2, []).holds
    assert not Balance(3, 3, ["a file was shortened"]).holds
