"""The search for the capacity: it finds it, whatever happens to single trials, and always ends."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.result import Outcome
from loadtests.search import TRIALS_MAX, Answer, Purpose, Search, Step

PASS, FAIL, INVALID = Outcome.PASS, Outcome.FAIL, Outcome.INVALID
CAPACITY = 930.0


def carry_out(search: Search, oracle: Callable[[Step], Outcome]) -> list[tuple[Step, Outcome]]:
    """Let `oracle` decide each trial until the search ends; return all trials."""
    trials = []
    while step := search.next_rate():
        trials.append((step, oracle(step)))
        search.tell(trials[-1][1])
    return trials


def truth(step: Step) -> Outcome:
    return PASS if step.rate <= CAPACITY else FAIL


def disturb(wrong: dict[int, Outcome]) -> Callable[[Step], Outcome]:
    """The truth, but for the trials of these numbers (from 0)."""
    numbers = iter(range(TRIALS_MAX))
    return lambda step: wrong.get(next(numbers), truth(step))


@given(capacity=st.floats(50, 3599))
def test_without_noise_it_ends_just_below_any_capacity_and_soon(capacity: float) -> None:
    trials = carry_out(search := Search(50, 3600), lambda step: PASS if step.rate <= capacity else FAIL)
    assert search.value is not None
    assert 0.95 * capacity <= search.value <= capacity
    assert len(trials) <= 28


def test_the_phases_come_one_after_the_other() -> None:
    trials = carry_out(search := Search(50, 3600), truth)
    assert list(dict.fromkeys(step.purpose for step, _ in trials)) == list(Purpose)
    assert search.answer is Answer.FOUND
    assert trials[-1][0].rate == pytest.approx(0.9 * (search.value or 0))


@pytest.mark.parametrize("number", range(25))
@pytest.mark.parametrize("outcome", [FAIL, PASS])
def test_one_trial_that_lies_changes_nothing(number: int, outcome: Outcome) -> None:
    carry_out(search := Search(50, 3600), disturb({number: outcome}))
    assert search.answer is Answer.FOUND
    assert search.value == pytest.approx(CAPACITY, rel=0.05)


def test_a_rate_that_failed_only_because_of_two_disturbed_trials_is_left_behind_again() -> None:
    trials = carry_out(search := Search(50, 3600), disturb({3: FAIL, 4: FAIL}))
    assert trials[3][0].rate == 400
    assert search.value == pytest.approx(CAPACITY, rel=0.05)


def test_what_cannot_be_measured_is_repeated_and_never_counts_as_a_failure() -> None:
    carry_out(plain := Search(50, 3600), truth)
    numbers = iter(range(1000))

    def mostly_invalid(step: Step) -> Outcome:
        return truth(step) if next(numbers) % 4 == 3 else INVALID

    carry_out(search := Search(50, 3600, trials_max=1000), mostly_invalid)
    assert (search.answer, search.value) == (plain.answer, plain.value)


@pytest.mark.parametrize(("purpose", "known"), [(Purpose.DOUBLING, False), (Purpose.HOLD, True)])
def test_when_nothing_can_be_measured_any_more_it_says_so(purpose: Purpose, known: bool) -> None:
    trials = carry_out(
        search := Search(50, 3600), lambda step: INVALID if step.purpose is purpose else truth(step)
    )
    assert search.answer is Answer.UNRESOLVED
    assert "4 trials in a row" in search.why
    assert [outcome for _, outcome in trials[-4:]] == [INVALID] * 4
    assert (search.value is not None) is known


def test_a_target_that_is_better_than_the_generators_holds_at_least_their_limit() -> None:
    trials = carry_out(search := Search(50, 700), truth)
    assert (search.answer, search.value) == (Answer.AT_LEAST, 700)
    assert max(step.rate for step, _ in trials) == 700
    assert [step.purpose for step, _ in trials[-4:]] == [Purpose.CONFIRMATION] * 3 + [Purpose.HOLD]


def test_a_target_that_cannot_even_keep_the_first_rate_has_no_capacity() -> None:
    trials = carry_out(search := Search(1000, 3600), truth)
    assert (search.answer, search.value, len(trials)) == (Answer.NONE, None, 2)


def test_a_candidate_that_is_not_confirmed_is_taken_4_percent_lower() -> None:
    def deny_the_first(step: Step) -> Outcome:
        candidates.append(step.rate) if step.purpose is Purpose.CONFIRMATION else None
        return FAIL if step.purpose is Purpose.CONFIRMATION and step.rate == candidates[0] else truth(step)

    candidates: list[float] = []
    carry_out(Search(50, 3600), deny_the_first)
    assert candidates[3] == pytest.approx(0.96 * candidates[0])
    assert candidates[:3] == [candidates[0]] * 3


def test_a_candidate_that_does_not_hold_at_90_percent_is_no_capacity() -> None:
    carry_out(search := Search(50, 3600), lambda step: FAIL if step.purpose is Purpose.HOLD else truth(step))
    assert search.answer is Answer.UNRESOLVED
    assert "did not hold" in search.why


@given(
    outcomes=st.lists(st.sampled_from([PASS, FAIL, INVALID]), min_size=TRIALS_MAX, max_size=TRIALS_MAX),
    start=st.floats(1, 5000),
    limit=st.floats(1, 5000),
)
def test_it_always_ends_and_never_asks_for_more_than_the_limit(
    outcomes: list[Outcome], start: float, limit: float
) -> None:
    remaining = iter(outcomes)
    trials = carry_out(search := Search(start, limit), lambda _: next(remaining))
    assert search.answer is not None
    assert 0 < len(trials) <= TRIALS_MAX
    assert all(0 < step.rate <= limit for step, _ in trials)
    assert (search.answer is Answer.UNRESOLVED) == bool(search.why)
