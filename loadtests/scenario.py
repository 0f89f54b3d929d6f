"""What every scenario has in common: its data, its people, and its account at the end.

A new scenario is one file in `scenarios/`, with a `Scenario` and the `Person` classes that act it
out; it is found by being there.
"""

import pkgutil
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, cast

from locust import FastHttpUser, constant_throughput
from locust.contrib.fasthttp import ResponseContextManager
from locust.exception import StopUser

from loadtests import scenarios
from loadtests.api import Api
from loadtests.result import Account
from loadtests.workload import Workload

Check = Callable[[ResponseContextManager], str | None]
"""Looks at an answer of the right status; returns what is wrong with it, or None."""


@dataclass
class Gate:
    """Where requests go out: none passes once it is `closed`; `out` are those not yet answered.

    Locust stops people in the middle of a request, which the target then answers and counts and we
    do not. So a run closes the gate first and stops people when nothing is out any more.
    """

    closed: bool = False
    out: int = 0

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Let one request through; raise StopUser when closed."""
        if self.closed:
            raise StopUser
        self.out += 1
        try:
            yield
        finally:
            self.out -= 1


class Scenario:
    """One part of the application under load; `tag`, unique to the run, marks all of its data."""

    people: ClassVar[tuple[type["Person"], ...]]

    def __init__(self, api: Api, workload: Workload, tag: str) -> None:
        self.api = api
        self.workload = workload
        self.tag = tag
        for person in self.people:
            person.workload = workload
            person.scenario = self

    def seed(self) -> None:
        """Make the data that the people need. Raises TargetError."""

    def settle(self, deadline: float) -> Account | None:
        """Compare with the target's own account; `deadline` is the seconds it has to catch up."""
        return None

    def clean(self) -> None:
        """Take the run's data out of use, also when seeding broke off half-way."""

    def list_leftovers(self) -> list[str]:
        """Return the application's commands (after `flask`) that delete what `clean` retired."""
        return []


class Person(FastHttpUser):
    """Somebody who acts out a scenario at the workload's pace, and looks at every answer."""

    abstract = True
    # Locust's own 60 s would hide a target that hangs.
    network_timeout = 10.0
    connection_timeout = 10.0
    workload: ClassVar[Workload]
    scenario: ClassVar[Any]
    gate: ClassVar[Gate] = Gate()
    # One case in full for each kind of wrong answer; locust's statistics keep no details.
    examples: ClassVar[dict[tuple[str, str], str]] = {}

    def wait_time(self) -> float:
        """Return the seconds until this person's next task."""
        return float(constant_throughput(self.workload.pace)(self))

    def ask(
        self,
        kind: str,
        method: str,
        path: str,
        status: int,
        check: Check | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> ResponseContextManager:
        """Send one request, follow no redirect, and record it under `kind`.

        It is wrong unless the answer has `status` and `check` finds no fault. Returns the answer,
        whose status is 0 when there was none.
        """
        options: dict[str, Any] = {"headers": dict(headers or {}), "json": body}
        options |= {"name": kind, "allow_redirects": False, "catch_response": True}
        answer: Any  # locust types it only in part
        with self.gate.passing(), self.client.request(method, path, **options) as answer:
            if fault := find_fault(answer, status, check):
                self.examples.setdefault((kind, fault), f"{method} {path}")
                answer.failure(fault)
            else:
                answer.success()
        return cast(ResponseContextManager, answer)


def find_fault(answer: ResponseContextManager, status: int, check: Check | None) -> str | None:
    """Return what is wrong with `answer`, in the same words for all cases of one fault."""
    if answer.status_code == 0:
        return f"no answer ({type(getattr(answer, 'error', None)).__name__})"
    if answer.status_code != status:
        return f"{answer.status_code} instead of {status}"
    return check(answer) if check else None


def read_header(answer: ResponseContextManager, name: str) -> str:
    """Return the header `name` of `answer`, an empty text when it has none."""
    headers: Any = answer.headers or {}
    return str(headers.get(name, ""))


def read_object(answer: ResponseContextManager) -> dict[str, Any]:
    """Return the JSON object in `answer`, an empty one when it holds none."""
    try:
        body = answer.json()
    except (TypeError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def find_missing(answer: ResponseContextManager, keys: set[str]) -> str | None:
    """Find fault with an answer whose JSON object lacks one of `keys`."""
    missing = sorted(keys - read_object(answer).keys())
    return f"lacks {', '.join(missing)}" if missing else None


def make_tag() -> str:
    """Return a mark for the data of one run, unlike that of any other."""
    return f"lt-{secrets.token_hex(4)}"


def find_scenarios() -> list[type[Scenario]]:
    """Return the scenario classes of all files in `scenarios/`."""
    for found in pkgutil.iter_modules(scenarios.__path__):
        import_module(f"{scenarios.__name__}.{found.name}")
    return sorted(Scenario.__subclasses__(), key=lambda kind: kind.__name__)
