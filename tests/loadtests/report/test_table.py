"""The figures of each phase and kind."""

from loadtests.report.table import Group, Time, group_phases
from loadtests.verdict import judge
from tests.loadtests.samples import OBJECTIVES, STRESS, make_run


def groups_of() -> dict[str, Group]:
    result = make_run(STRESS, people=400)
    return {group.name: group for group in group_phases(result, OBJECTIVES)}


def test_phases_stand_in_their_order_after_all_of_them_together() -> None:
    groups = groups_of()
    assert list(groups) == ["all measured phases", *(name for name, *_ in STRESS)]
    together = groups["all measured phases"].rows[-1]
    assert together.requests == sum(g.rows[-1].requests for g in list(groups.values())[2:])


def test_a_time_is_marked_in_the_phase_in_which_it_missed_its_objective() -> None:
    groups = groups_of()
    assert all(time.held for row in groups["200 a second"].rows for time in row.times)
    assert not groups["2,400 a second"].rows[0].times[1].held


def test_a_phase_is_not_blamed_for_another_of_the_same_name() -> None:
    result = make_run(STRESS, people=400)
    for phase in result.phases:
        phase.name = "steady"
    judge(result, OBJECTIVES)
    quiet = group_phases(result, OBJECTIVES)[2]
    assert all(time.held for row in quiet.rows for time in row.times)


def test_a_bar_is_filled_as_far_as_the_limit_is_used() -> None:
    assert 'class="used" width="28"' in Time(0.05, 0.1).bar
    assert 'class="over" width="56"' in Time(0.5, 0.1, held=False).bar
