from io import StringIO

import pytest

from loadtests.result import Account, Kind, Result, format_result, format_table
from loadtests.terminal import Terminal

KINDS = [Kind("page", 12_000, 0, (0, 12, 1_400)), Kind("API create", 30, 2, (7, 9, 10))]


def test_the_table_lines_up_and_says_less_than_one() -> None:
    assert format_table(KINDS, 30.0) == [
        "kind        requests  per s  wrong  p50 ms  p95 ms  p99 ms",
        "page          12,000  400.0      0      <1      12   1,400",
        "API create        30    1.0      2       7       9      10",
    ]


@pytest.mark.parametrize(
    ("result", "right"),
    [
        (Result(kinds=KINDS), True),
        (Result(kinds=KINDS, accounts=[Account("all there")]), True),
        (Result(kinds=KINDS, accounts=[Account("most there", ["one lost"])]), False),
        (Result(kinds=KINDS, wrong=["1 x page: 500 instead of 200"]), False),
        (Result(), False),
    ],
)
def test_a_run_is_right_only_if_all_of_it_is(result: Result, right: bool) -> None:
    assert result.right is right
    told = "\n".join(format_result(result, 100.0))
    assert ("Wrong answers: none" in told) is right


def test_many_faults_are_cut_short() -> None:
    told = list(format_result(Result(kinds=KINDS, wrong=[str(n) for n in range(25)]), 100.0))
    assert told[-1] == "  and 15 more"


class Live(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_overwrites_itself_on_a_terminal() -> None:
    stream = Live()
    terminal = Terminal(stream)
    for second in range(3):
        terminal.show_progress(second, 30, second * 100, 0)
    terminal.say("Done")
    assert stream.getvalue().count("\r") == 3
    assert stream.getvalue().endswith("200 answered, 0 wrong\nDone\n")


def test_progress_is_a_few_plain_lines_elsewhere() -> None:
    stream = StringIO()
    terminal = Terminal(stream)
    for second in range(11):
        terminal.show_progress(second, 30, second * 100, 0)
    assert stream.getvalue().splitlines() == [
        "0 of 30 s: 0 answered, 0 wrong",
        "5 of 30 s: 500 answered, 0 wrong",
        "10 of 30 s: 1,000 answered, 0 wrong",
    ]
