"""The page of a search for the capacity."""

import math
import re

import pytest

from loadtests.capacity import Ending
from loadtests.report.capacity_page import render_capacity
from loadtests.result import Outcome
from tests.loadtests.report.reading import Reader, numbers_in
from tests.loadtests.samples import make_capacity

HOSTILE = '"><script>alert(1)</script>'


def test_every_trial_is_there_with_its_reasons() -> None:
    capacity = make_capacity()
    page = render_capacity(capacity)
    text = Reader(page).text
    for trial in capacity.trials:
        assert f"{trial.number} {trial.phase}" in text
        for reason in trial.reasons:
            assert reason in text


def test_trials_of_each_outcome_have_a_shape_of_their_own() -> None:
    page = render_capacity(make_capacity())
    assert {shape for shape in ("disc", "cross", "diamond") if f'class="mark {shape} ' in page} == {
        "disc", "cross", "diamond",
    }  # fmt: skip


def test_the_capacity_is_the_headline_and_is_marked_in_the_drawing() -> None:
    page = render_capacity(make_capacity())
    assert '<p class="outcome">630 a second</p>' in page
    assert "capacity 630/s" in page
    assert 'class="line capacity"' in page


def test_the_objectives_drawn_are_those_of_what_was_the_limit() -> None:
    page = render_capacity(make_capacity())
    assert "p95 ≤ 50 ms" in page
    assert "p99 ≤ 250 ms" in page


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (Ending.FOUND, "630 a second"),
        (Ending.AT_LEAST, "at least 630 a second"),
        (Ending.RANGE, "630 to 660 a second"),
        (Ending.NONE, "less than 660 a second"),
        (Ending.UNRESOLVED, "630 to 660 a second"),
        (Ending.INTERRUPTED, "630 to 660 a second"),
    ],
)
def test_every_ending_has_its_words(ending: Ending, told: str) -> None:
    page = render_capacity(make_capacity(ending))
    assert f'<p class="outcome">{told}</p>' in page
    assert ("partial" in Reader(page).text) is (ending is Ending.INTERRUPTED)


def test_a_range_is_shaded() -> None:
    assert 'class="range"' in render_capacity(make_capacity(Ending.RANGE))
    assert 'class="range"' not in render_capacity(make_capacity())


@pytest.mark.parametrize("trials", [0, 1, 2])
def test_a_search_that_had_hardly_begun_is_readable(trials: int) -> None:
    capacity = make_capacity()
    capacity.trials = capacity.trials[:trials]
    capacity.ending = capacity.value = capacity.low = capacity.high = capacity.limiting = None
    capacity.conclusion = ""
    for trial in capacity.trials:
        trial.p50 = trial.p95 = trial.p99 = None
    page = render_capacity(capacity)
    assert all(math.isfinite(number) for number in numbers_in(page))
    assert "partial" in Reader(page).text
    assert "None" not in Reader(page).text


def test_a_trial_that_could_not_be_measured_does_not_bend_the_lines() -> None:
    capacity = make_capacity()
    lines = re.findall('class="line p[0-9]+" d="([^"]*)"', render_capacity(capacity))
    invalid = next(trial for trial in capacity.trials if trial.outcome is Outcome.INVALID)
    invalid.p50 = invalid.p95 = invalid.p99 = 0.1
    assert re.findall('class="line p[0-9]+" d="([^"]*)"', render_capacity(capacity)) == lines


def test_what_others_have_named_is_escaped() -> None:
    capacity = make_capacity()
    capacity.host = capacity.version = capacity.mix = capacity.conclusion = HOSTILE
    capacity.trials[0].reasons = [HOSTILE]
    reader = Reader(render_capacity(capacity))
    assert "script" not in reader.tags
    assert HOSTILE in reader.text
