from loadtests.histogram import Histogram
from loadtests.result import Account, Cell, Finding, Outcome, Phase, Result, Window
from loadtests.table import format_result, format_table


def make_result() -> Result:
    """Two seconds, of which the second is measured: 100 pages and two things created, one of them wrongly."""
    return Result(
        id="1",
        started="now",
        host="http://127.0.0.1",
        version="1",
        workload="one",
        fingerprint={},
        phases=[
            Phase(name="warm-up", start=0, seconds=1, from_rate=9, rate=9, measured=False),
            Phase(name="steady", start=1, seconds=1, from_rate=100, rate=100, measured=True),
        ],
        window_seconds=1,
        windows=[
            Window(phase=0, start=0, seconds=1, due=9, sent=9),
            Window(phase=1, start=1, seconds=1, due=105, sent=102),
        ],
        cells=[
            Cell(window=0, kind="page", corrected=Histogram.of([9.0] * 9), raw=Histogram.of([9.0] * 9)),
            Cell(
                window=1, kind="page", corrected=Histogram.of([0.01] * 100), raw=Histogram.of([0.005] * 100)
            ),
            Cell(
                window=1,
                kind="API create",
                wrong=1,
                corrected=Histogram.of([1.5] * 2),
                raw=Histogram.of([1.5] * 2),
            ),
        ],
    )


def test_the_table_lines_up_and_leaves_the_warm_up_out() -> None:
    assert format_table(make_result(), 1) == [
        "kind        requests  per s  wrong    p50    p95    p99  p99 raw",
        "page             100  100.0      0   9.99   9.99   9.99     4.98",
        "API create         2    2.0      1  1,505  1,505  1,505    1,505",
    ]


def test_missed_arrivals_are_told_with_their_phase() -> None:
    told = "\n".join(format_result(make_result()))
    assert "steady: 105.0 arrivals/s due, 102.0/s sent, 3 missed" in told
    assert "warm-up" not in told


def test_what_did_not_hold_is_told_with_the_limit() -> None:
    result = make_result()
    result.outcome = Outcome.FAIL
    result.accounts = [Account(summary="9 sent, 8 counted", faults=["one lost"])]
    result.findings = [
        Finding(
            topic="objective",
            about="page",
            what="p95",
            limit="≤ 5 ms",
            found="10 ms",
            held=False,
            phase="steady",
        ),
        Finding(
            topic="objective",
            about="page",
            what="p99",
            limit="≤ 50 ms",
            found="10 ms",
            held=True,
            phase="steady",
        ),
    ]
    told = list(format_result(result))
    assert told[-4:] == [
        "9 sent, 8 counted",
        "  one lost",
        "FAIL",
        "  page: p95 in steady: 10 ms, asked for ≤ 5 ms",
    ]


def test_many_faults_are_cut_short() -> None:
    result = make_result()
    result.wrong = [str(number) for number in range(25)]
    told = list(format_result(result))
    assert "  and 15 more" in told
    assert "  10" not in told
