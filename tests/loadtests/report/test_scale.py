from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.report.scale import Scale, clock, linear, logarithmic, rarity

sizes = st.floats(min_value=1e-6, max_value=1e9)


def check(scale: Scale) -> None:
    """Its ends are where they belong, and its ticks stand in order between them."""
    assert scale.place(scale.low) == pytest.approx(scale.start)
    assert scale.place(scale.high) == pytest.approx(scale.end)
    pixels = [scale.place(value) for value, _ in scale.ticks]
    assert pixels
    assert all(abs(first - scale.start) < abs(second - scale.start) for first, second in pairwise(pixels))


@given(sizes)
def test_a_linear_scale_holds_its_highest_value_below_a_round_one(high: float) -> None:
    scale = linear(high, 200, 20)
    check(scale)
    assert scale.high >= high * (1 - 1e-9)
    assert 2 <= len(scale.ticks) <= 6


@given(st.lists(sizes, max_size=5))
def test_a_logarithmic_scale_holds_all_values_however_far_apart(values: list[float]) -> None:
    scale = logarithmic(values, 200, 20)
    check(scale)
    assert all(scale.low * (1 - 1e-9) <= value <= scale.high * (1 + 1e-9) for value in values)


@given(st.floats(min_value=0, max_value=1e6))
def test_a_clock_has_few_ticks_however_long_the_load_is(seconds: float) -> None:
    scale = clock(seconds, 50, 900)
    assert 1 <= len(scale.ticks) <= 12


def test_rare_shares_get_as_much_room_as_frequent_ones() -> None:
    scale = rarity(100_000, 0, 500)
    places = [scale.place(share) for share in (0.9, 0.99, 0.999, 0.9999)]
    assert [second - first for first, second in pairwise(places)] == pytest.approx([100, 100, 100])
    assert scale.ticks[-1][1] == "99.999%"


def test_what_lies_outside_is_drawn_at_the_edge() -> None:
    assert linear(10, 0, 100).place(1e9) == 100
    assert linear(10, 0, 100).place(-5) == 0
