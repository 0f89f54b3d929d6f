from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from loadtests.clock import Clock
from loadtests.recorder import NO_PORT, Collector, Record, Recorder, lay_out_windows
from loadtests.result import Phase, Result

PHASES = [
    Phase(name="warm-up", start=0, seconds=2.5, from_rate=1, rate=1, measured=False),
    Phase(name="steady", start=2.5, seconds=4, from_rate=1, rate=1, measured=True),
]


class SetClock(Clock):
    """A clock that tells what it was told."""

    moment_now = 0.0

    def now(self) -> float:
        return self.moment_now


def make_recorder(clock: Clock | None = None) -> Recorder:
    return Recorder(lay_out_windows(PHASES, 1.0), clock or SetClock())


def collect(records: Iterable[Record]) -> Result:
    """Add `records` up, each sent through JSON as from another process."""
    result = Result(
        id="1",
        started="now",
        host="http://127.0.0.1",
        version="1",
        workload="one",
        fingerprint={},
        phases=PHASES,
        window_seconds=1,
        windows=lay_out_windows(PHASES, 1.0),
    )
    collector = Collector(result)
    for record in records:
        collector.add(Record.model_validate_json(record.model_dump_json()))
    collector.finish()
    return result


def test_windows_end_where_their_phase_does() -> None:
    windows = lay_out_windows(PHASES, 1.0)
    assert [(w.phase, w.start, w.seconds) for w in windows] == [
        (0, 0, 1),
        (0, 1, 1),
        (0, 2, 0.5),
        (1, 2.5, 1),
        (1, 3.5, 1),
        (1, 4.5, 1),
        (1, 5.5, 1),
    ]


def test_a_late_request_counts_for_the_window_it_was_meant_for() -> None:
    recorder = make_recorder()
    recorder.note_sent(2.6)
    recorder.end_request("page", "GET /", 2.6, 4.0, 4.6, None)
    result = collect([recorder.drain()])
    assert [(w.due, w.sent) for w in result.windows] == [(0, 0)] * 3 + [(1, 1)] + [(0, 0)] * 3
    assert [w.answered for w in result.windows] == [0, 0, 0, 0, 0, 1, 0]
    (cell,) = result.cells
    assert cell.window == 3
    assert 1.99 < (cell.corrected.percentile(1) or 0) < 2.01
    assert 0.597 < (cell.raw.percentile(1) or 0) < 0.603


def test_a_missed_arrival_is_due_and_not_sent() -> None:
    recorder = make_recorder()
    recorder.note_missed(3.0)
    window = collect([recorder.drain()]).windows[3]
    assert (window.due, window.sent) == (1, 0)


def test_the_most_that_were_out_at_once_survives_any_draining() -> None:
    clock = SetClock()
    recorder, records = make_recorder(clock), []
    for step in (1, 1, -1, 1, 1, -1, -1, -1):
        if step > 0:
            recorder.begin_request()
        else:
            recorder.end_request("page", "GET /", None, 0.0, 0.1, None)
        records.append(recorder.drain())
    assert collect(records).windows[0].in_flight == 3


def test_what_never_left_for_want_of_a_port_is_a_problem_and_no_answer() -> None:
    recorder = make_recorder()
    recorder.end_request("page", "GET /", 1.0, 1.0, 1.0, NO_PORT)
    result = collect([recorder.drain()])
    assert result.cells == []
    assert result.problems == [f"1 x {NO_PORT}"]


def test_wrong_answers_are_counted_by_their_fault_with_the_first_request() -> None:
    recorder = make_recorder()
    for path, fault in (("/a", "500"), ("/b", "500"), ("/c", "404")):
        recorder.end_request("page", f"GET {path}", 1.0, 1.0, 1.1, fault)
    first, recorder_b = recorder.drain(), make_recorder()
    recorder_b.end_request("page", "GET /d", 1.0, 1.0, 1.1, "404")
    recorder_b.end_request("page", "GET /e", 1.0, 1.0, 1.1, "404")
    result = collect([first, recorder_b.drain()])
    assert result.wrong == ["3 x page: 404, first: GET /c", "2 x page: 500, first: GET /a"]
    assert sum(cell.wrong for cell in result.cells) == 5


requests = st.tuples(
    st.sampled_from(["page", "version"]),
    st.floats(0, 6.4),
    st.floats(0, 5),
    st.floats(0, 5),
    st.sampled_from([None, "wrong"]),
    st.integers(0, 3),
    st.booleans(),
)


@given(st.lists(requests, max_size=60))
def test_records_of_many_generators_make_exactly_what_one_would(
    made: list[tuple[str, float, float, float, str | None, int, bool]],
) -> None:
    one, many, records = make_recorder(), [make_recorder() for _ in range(4)], []
    for kind, due, late, took, fault, number, drained in made:
        for recorder in (one, many[number]):
            recorder.note_sent(due)
            recorder.end_request(kind, "GET /", due, due + late, due + late + took, fault)
        if drained:
            records.append(many[number].drain())
    together = collect([*records, *(recorder.drain() for recorder in many)])
    assert together == collect([one.drain()])
