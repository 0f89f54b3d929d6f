"""Which arrivals a load consists of: the kinds that scenarios declare, and their shares."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from locust import task

from loadtests.errors import WorkloadError

Task = Callable[[Any], None]


def arrival(kind: str, weight: int = 1) -> Callable[[Task], Task]:
    """Declare a method of a person as what somebody comes for.

    `kind` is its name in a workload's mix. Without a mix it comes up by `weight` among the methods of its
    class, as with locust's `@task`, and its class by its own.
    """

    def declare(method: Task) -> Task:
        method.kind = kind  # type: ignore[attr-defined]
        declared: Task = task(weight)(method)
        return declared

    return declare


def kind_of(method: Any) -> str:
    return str(getattr(method, "kind", method.__name__))


def share_out(people: Sequence[Any], mix: Mapping[str, float]) -> dict[Any, dict[Task, float]]:
    """Return, for each class of people that has something to do, its tasks' shares of all arrivals.

    They are 1 in all. Raises WorkloadError when `mix` names a kind that nobody comes for.
    """
    own = {
        person: {each: person.weight * person.tasks.count(each) / len(person.tasks) for each in person.tasks}
        for person in people
    }
    weights: dict[str, float] = {}
    for tasks in own.values():
        for each, weight in tasks.items():
            weights[kind_of(each)] = weights.get(kind_of(each), 0.0) + weight
    if unknown := sorted(mix.keys() - weights.keys()):
        named, known = ", ".join(map(repr, unknown)), ", ".join(sorted(map(repr, weights)))
        raise WorkloadError(f"The mix names {named}, which no scenario has. There are: {known}.")
    wanted = mix or weights
    whole = sum(wanted.values())
    shares = {
        person: {
            each: wanted[kind_of(each)] / whole * weight / weights[kind_of(each)]
            for each, weight in tasks.items()
            if kind_of(each) in wanted
        }
        for person, tasks in own.items()
    }
    return {person: tasks for person, tasks in shares.items() if tasks}


def divide(number: int, shares: Mapping[Any, float]) -> dict[Any, int]:
    """Divide `number` people among classes by their shares; each gets one at least."""
    whole = sum(shares.values())
    return {person: max(1, round(number * share / whole)) for person, share in shares.items()}
