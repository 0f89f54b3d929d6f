from dataclasses import replace
from io import StringIO

from loadtests.histogram import Histogram
from loadtests.result import Cell, Phase, Result, Window
from loadtests.terminal import Progress, Terminal, measure_progress

PROGRESS = Progress(0, 30, "steady", 100, 99, 0.0123, 4, 0, 1)


class Live(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_overwrites_itself_on_a_terminal() -> None:
    stream = Live()
    terminal = Terminal(stream)
    for second in range(3):
        terminal.show_progress(replace(PROGRESS, elapsed=second, wrong=1000 if second == 1 else 0))
    terminal.say("Done")
    lines = stream.getvalue().split("\r")[1:]
    assert len(lines) == 3
    # A shorter line leaves nothing of a longer one.
    assert len(lines[2].partition("\n")[0]) == len(lines[1])
    assert stream.getvalue().endswith("\nDone\n")


def test_progress_is_a_few_plain_lines_elsewhere() -> None:
    stream = StringIO()
    terminal = Terminal(stream)
    for second in range(11):
        terminal.show_progress(replace(PROGRESS, elapsed=second))
    assert stream.getvalue().splitlines() == [
        f"{second} of 30 s, steady: 100 due/s, 99 answered/s, p95 12.3 ms, 4 in flight, 0 wrong, 1 missed"
        for second in (0, 5, 10)
    ]


def test_a_second_load_shows_progress_from_its_beginning() -> None:
    stream = StringIO()
    terminal = Terminal(stream)
    for second in (0, 5, 10, 1, 2):
        terminal.show_progress(replace(PROGRESS, elapsed=second))
    assert [line.split()[0] for line in stream.getvalue().splitlines()] == ["0", "5", "10", "1"]


def test_progress_tells_of_the_last_seconds_and_of_everything_wrong() -> None:
    def window(start: float, due: int) -> Window:
        return Window(
            phase=0, start=start, seconds=1, due=due, sent=due - 1, answered=due, in_flight=int(start)
        )

    result = Result(
        id="1",
        started="now",
        host="http://127.0.0.1",
        version="1",
        workload="one",
        fingerprint={},
        phases=[Phase(name="steady", start=0, seconds=60, from_rate=1, rate=1, measured=True)],
        window_seconds=1,
        windows=[window(start, 10 * start) for start in range(1, 61)],
        cells=[
            Cell(window=0, kind="page", wrong=2, corrected=Histogram.of([9.0])),
            Cell(window=8, kind="page", wrong=1, corrected=Histogram.of([0.5])),
        ],
    )
    progress = measure_progress(result, 10.2)
    assert progress.phase == "steady"
    assert progress.due == 80
    assert progress.wrong == 3
    assert progress.in_flight == 9
    assert progress.p95
    assert 0.495 < progress.p95 < 0.505
