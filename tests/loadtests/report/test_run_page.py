"""The page of a run, read as a browser reads it."""

import base64
import hashlib
import math
import re

import pytest

from loadtests.histogram import Histogram
from loadtests.report.run_page import render_run
from loadtests.result import Cell, Outcome, Result, Window
from loadtests.verdict import judge
from tests.loadtests.report.reading import Reader, numbers_in
from tests.loadtests.samples import (
    OBJECTIVES,
    STRESS,
    lay_out,
    make_comparison,
    make_empty,
    make_hostile,
    make_run,
)

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}&amp;"


def read(result: Result) -> Reader:
    return Reader(render_run(result, OBJECTIVES))


def without_cells() -> Result:
    result = make_run()
    result.cells, result.observations, result.fitness = [], [], []
    judge(result, OBJECTIVES)
    return result


def of_one_window() -> Result:
    result = make_empty()
    result.phases = lay_out((("only", 1.0, 1.0, 1.0, True),))
    result.windows = [Window(phase=0, start=0, seconds=1, due=1, sent=1, answered=1, in_flight=1)]
    one = Histogram.of([0.01])
    result.cells = [Cell(window=0, kind="page", corrected=one, raw=one)]
    return result


def spread() -> Result:
    result = of_one_window()
    times = Histogram.of([0.0001, 0.001, 0.01, 0.1, 1.0, 10.0] * 50)
    result.cells = [Cell(window=0, kind="page", wrong=3, corrected=times, raw=times)]
    return result


EXTREMES = {
    "nothing was measured": make_empty(),
    "windows without requests": without_cells(),
    "one window with one request": of_one_window(),
    "times that differ by a hundred thousand": spread(),
}


@pytest.fixture(scope="module")
def stress() -> Result:
    return make_run(STRESS, people=400)


def test_every_phase_kind_and_finding_is_there(stress: Result) -> None:
    text = read(stress).text
    for phase in stress.phases:
        assert phase.name in text
    for kind in stress.kinds():
        assert kind in text
    for finding in stress.findings:
        assert finding.what in text
        assert finding.limit in text
        assert finding.found in text


def test_the_verdict_comes_first_with_its_reasons(stress: Result) -> None:
    text = read(stress).text
    assert stress.outcome is Outcome.FAIL
    assert text.index("The target missed what was asked of it") < text.index("Over time")
    assert re.search("redirect in “2,400 a second”: p95 .{3,12} \\(asked for: at most 50 ms\\)", text)


def test_a_warm_up_is_shown_and_said_not_to_be_judged(stress: Result) -> None:
    assert "warm-up · not judged" in read(stress).text


def test_nothing_comes_from_elsewhere_and_nothing_acts() -> None:
    page = render_run(make_hostile(HOSTILE), OBJECTIVES)
    reader = Reader(page)
    assert set(reader.tags).isdisjoint({"script", "img", "iframe", "object", "embed", "form", "use", "base"})
    assert not [name for _, name, _ in reader.attributes if name.startswith("on") or name == "style"]
    assert set(reader.values("href")) == {"data:,"}
    assert reader.values("src") == []
    assert "url(" not in page
    assert "@import" not in page


def test_its_policy_allows_its_own_style_alone() -> None:
    page = render_run(make_run(), OBJECTIVES)
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [value for value in Reader(page).values("content") if "default-src" in value]
    assert policy == f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'"


def test_what_others_have_named_is_shown_as_it_is() -> None:
    reader = Reader(render_run(make_hostile(HOSTILE), OBJECTIVES))
    assert f"redirect {HOSTILE}" in reader.text
    assert f"3 x page: {HOSTILE}" in reader.text


@pytest.mark.parametrize("result", EXTREMES.values(), ids=EXTREMES)
def test_an_extreme_run_can_be_drawn(result: Result) -> None:
    page = render_run(result, OBJECTIVES)
    numbers = numbers_in(page)
    assert numbers
    assert all(math.isfinite(number) and -10 <= number <= 1000 for number in numbers)
    assert "nan" not in page.lower().replace("finance", "")
    assert "None" not in Reader(page).text


def test_an_interrupted_run_says_that_it_is_partial() -> None:
    text = read(make_empty()).text
    assert "partial: it did not run to its end" in text
    result = make_run()
    assert "partial" not in read(result).text


def test_a_run_that_was_never_judged_is_readable() -> None:
    result = make_run()
    result.outcome, result.findings = None, []
    text = read(result).text
    assert "NOT JUDGED" in text
    assert "It ended before it could be judged" in text


def test_each_drawing_has_names_of_its_own(stress: Result) -> None:
    identifiers = read(stress).values("id")
    assert len(identifiers) == len(set(identifiers))
    labels = [name for value in read(stress).values("aria-labelledby") for name in value.split()]
    assert labels
    assert set(labels) <= set(identifiers)


def test_nobody_having_watched_the_target_is_said() -> None:
    result = make_run()
    assert "Nobody watched it" not in read(result).text
    result.observations = []
    assert "Nobody watched it" in read(result).text


def test_a_slot_out_of_rotation_is_told() -> None:
    text = read(make_run()).text
    assert "web-a was never out; web-b was out for 3 s" in text


def test_a_comparison_shows_what_became_worse_and_overlays_the_base() -> None:
    page = render_run(make_run(), OBJECTIVES, make_comparison())
    text = Reader(page).text
    assert "REGRESSION" in text
    assert "redirect: p95 +33% since v1.2.0" in text
    assert "Compared with v1.2.0" in text
    assert "baseline" in text
    assert "too few" in text


def test_a_comparison_without_regressions_leaves_the_verdict() -> None:
    text = Reader(render_run(make_run(), OBJECTIVES, make_comparison(worse=False))).text
    assert text.index("PASS") < text.index("Over time")
    assert "REGRESSION" not in text


def test_wrong_answers_are_drawn_and_listed() -> None:
    result = make_run()
    assert 'class="stem wrong"' not in render_run(result, OBJECTIVES)
    result.cells[5].wrong = 4
    result.wrong = ["4 x redirect: 500 instead of 302"]
    page = render_run(result, OBJECTIVES)
    assert 'class="stem wrong"' in page
    assert "4 x redirect: 500 instead of 302" in page


def test_many_generators_are_drawn_and_listed() -> None:
    text = read(make_run(generators=12)).text
    assert all(f"worker-{number}" in text for number in range(1, 13))
