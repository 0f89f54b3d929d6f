from datetime import UTC, datetime, timedelta

import pytest

from web.links.statistics import Clicks, Series
from web.links.timeline import LEFT, WIDTH, draw, nice_ceiling

START = datetime(2026, 1, 1, tzinfo=UTC)


def days(*counts: tuple[int, int]) -> Series:
    return [(START + timedelta(days=i), Clicks(*count)) for i, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("value", "ceiling"), [(0, 2), (2, 2), (3, 4), (9, 10), (11, 20), (41, 100), (101, 200)]
)
def test_the_axis_ends_at_a_round_number(value: int, ceiling: int) -> None:
    assert nice_ceiling(value) == ceiling


def test_bars_are_as_long_as_their_counts() -> None:
    few, many = draw(days((1, 0), (4, 0))).bars
    assert many.humans == pytest.approx(4 * few.humans, rel=0.01)


def test_everything_stays_inside_the_picture() -> None:
    timeline = draw(days(*((n, n * 2) for n in range(30))))
    for bar in timeline.bars:
        assert bar.x >= LEFT
        assert bar.x + bar.width <= WIDTH
        assert bar.humans + bar.bots <= timeline.baseline
    assert len(timeline.labels) <= 6


def test_a_link_nobody_followed_has_flat_bars() -> None:
    assert all(bar.humans == 0 for bar in draw(days((0, 0), (0, 0))).bars)


def test_no_span_at_all_draws_an_empty_axis() -> None:
    assert draw([]).bars == []
