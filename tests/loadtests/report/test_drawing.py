from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loadtests.report.drawing import finish, keep_apart
from loadtests.report.plot import ROW, Frame, Plot, split
from loadtests.report.scale import Scale, linear


@given(st.lists(st.floats(min_value=20, max_value=200), max_size=12).map(sorted))
def test_labels_never_touch_each_other(rows: list[float]) -> None:
    moved = keep_apart(rows, 20, 200)
    assert len(moved) == len(rows)
    assert all(second - first >= ROW - 1e-6 for first, second in pairwise(moved))
    assert not moved or (moved[-1] <= 200 and moved[0] >= 20)


def test_labels_that_have_room_stay_at_their_lines() -> None:
    assert keep_apart([30, 80, 150], 20, 200) == [30, 80, 150]


def test_a_line_is_broken_where_nothing_was_measured() -> None:
    points = [(0.0, 1.0), (1.0, 2.0), (2.0, None), (3.0, 4.0), (4.0, None)]
    assert list(split(points)) == [[(0.0, 1.0), (1.0, 2.0)], [(3.0, 4.0)]]


def test_ticks_that_would_touch_are_not_written() -> None:
    frame = Frame(120, 100)
    near = Scale(0, 10, *frame.across, ((0, "first"), (1, "second"), (10, "last")))
    svg = finish(Plot(frame, near, linear(1, *frame.up)), "one", "Title", "Words").svg
    assert "first" in svg
    assert "second" not in svg
    assert "last" in svg


def test_a_drawing_speaks_to_those_who_cannot_see_it() -> None:
    frame = Frame(120, 100)
    plot = Plot(frame, linear(1, *frame.across), linear(1, *frame.up))
    svg = finish(plot, "one", "A <title>", "Some & words").svg
    assert '<title id="one-120-title">A &lt;title&gt;</title>' in svg
    assert '<desc id="one-120-words">Some &amp; words</desc>' in svg
    assert 'aria-labelledby="one-120-title one-120-words"' in svg
