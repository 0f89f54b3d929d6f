import pytest
from locust import FastHttpUser

from loadtests.errors import WorkloadError
from loadtests.mix import arrival, divide, kind_of, share_out


class Buyer(FastHttpUser):
    weight = 3

    @arrival("look", weight=3)
    def look(self) -> None: ...

    @arrival("buy", weight=1)
    def buy(self) -> None: ...


class Reader(FastHttpUser):
    weight = 1

    @arrival("read")
    def read(self) -> None: ...


def shares(mix: dict[str, float]) -> dict[str, float]:
    found = share_out([Buyer, Reader], mix)
    return {kind_of(task): share for tasks in found.values() for task, share in tasks.items()}


def test_without_a_mix_weights_of_classes_and_methods_decide() -> None:
    assert shares({}) == pytest.approx({"look": 9 / 16, "buy": 3 / 16, "read": 4 / 16})


def test_a_mix_decides_alone() -> None:
    assert shares({"buy": 1, "read": 3}) == pytest.approx({"buy": 0.25, "read": 0.75})


def test_a_class_that_nobody_needs_gets_no_people() -> None:
    assert list(share_out([Buyer, Reader], {"read": 1})) == [Reader]


def test_an_unknown_kind_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(WorkloadError, match=r"names 'steal', which.* There are: 'buy', 'look', 'read'"):
        share_out([Buyer, Reader], {"steal": 1, "buy": 1})


def test_people_are_divided_by_shares_and_nobody_is_left_out() -> None:
    assert divide(10, {"a": 0.79, "b": 0.2, "c": 0.01}) == {"a": 8, "b": 2, "c": 1}


def test_locust_still_knows_the_methods_as_tasks() -> None:
    assert sorted(kind_of(task) for task in Buyer.tasks) == ["buy", "look", "look", "look"]
