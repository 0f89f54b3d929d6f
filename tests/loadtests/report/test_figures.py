import pytest

from loadtests.report.figures import (
    tell_change,
    tell_clock,
    tell_moment,
    tell_number,
    tell_share,
    tell_span,
    tell_time,
)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (None, "\N{EN DASH}"),
        (0.0, "0 ms"),
        (0.0000123, "0.0123 ms"),
        (0.0123456, "12.3 ms"),
        (0.25, "250 ms"),
        (0.99949, "999 ms"),
        (0.9996, "1.00 s"),
        (6.2449, "6.24 s"),
        (123.4, "123 s"),
    ],
)
def test_a_time_has_three_digits_and_the_unit_that_fits(seconds: float | None, told: str) -> None:
    assert tell_time(seconds) == told


@pytest.mark.parametrize(
    ("value", "told"), [(0.0, "0"), (0.667, "0.667"), (9.999, "10.0"), (99.96, "100"), (23865.4, "23,900")]
)
def test_a_number_has_three_digits(value: float, told: str) -> None:
    assert tell_number(value) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (1.0, "100%"),
        (0.99999, "99.999%"),
        (0.9996, "99.96%"),
        (0.0, "0%"),
        (0.5, "50%"),
        (0.00123, "0.12%"),
        (0.0738, "7.38%"),
    ],
)
def test_a_share_says_all_or_nothing_only_when_it_is(share: float, told: str) -> None:
    assert tell_share(share) == told


@pytest.mark.parametrize(
    ("ratio", "told"), [(1.0, "±0%"), (1.308, "+31%"), (0.991, "\N{MINUS SIGN}0.9%"), (30.0, "+2,900%")]
)
def test_a_change_says_more_or_less(ratio: float, told: str) -> None:
    assert tell_change(ratio) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(2.5, "2.50 s"), (2.9999999, "3 s"), (120, "2 min"), (5400, "1 h 30 min")],
)
def test_a_span_is_told_in_words(seconds: float, told: str) -> None:
    assert tell_span(seconds) == told


@pytest.mark.parametrize(("seconds", "told"), [(0, "0:00"), (65, "1:05"), (3750, "1:02:30")])
def test_a_moment_of_the_load_is_told_as_a_clock(seconds: float, told: str) -> None:
    assert tell_clock(seconds) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [("2026-11-21T12:29:03.754+01:00", "2026-11-21 11:29 UTC"), ("some <day>", "some <day>")],
)
def test_a_moment_is_told_in_utc_and_other_text_is_kept(text: str, told: str) -> None:
    assert tell_moment(text) == told
