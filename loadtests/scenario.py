"""What every scenario has in common: its data, its people, and its account at the end.

A new scenario is one file in `scenarios/`, with a `Scenario` and the `Person` classes that act it
out; it is found by being there.
"""

import pkgutil
import secrets
from collections.abc import Callable, Mapping
from errno import EADDRNOTAVAIL
from importlib import import_module
from typing import Any, ClassVar, cast

from gevent import GreenletExit  # type: ignore[import-untyped]
from locust import FastHttpUser, constant_throughput
from locust.contrib.fasthttp import ResponseContextManager

from loadtests import scenarios
from loadtests.api import Api
from loadtests.clock import Alarm
from loadtests.recorder import NO_PORT, NoRecorder, Recorder
from loadtests.result import Account
from loadtests.schedule import Schedule
from loadtests.workload import Workload

Check = Callable[[ResponseContextManager], str | None]
"""Looks at an answer of the right status; returns what is wrong with it, or None."""


class Scenario:
    """One part of the application under load; `tag`, unique to the run, marks all of its data.

    With several generators the one that leads seeds, settles and cleans; the others get what `share`
    returns, and what their `tell` returns comes back. Both are data for JSON.
    """

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

    def share(self) -> dict[str, Any]:
        """Return what another generator needs of that data."""
        return {}

    def adopt(self, shared: dict[str, Any], generator: str) -> None:
        """Take, in place of seeding, what another generator shared; `generator` is the own name."""

    def tell(self) -> dict[str, Any]:
        """Return what settling and cleaning must know of one generator's load, and forget it."""
        return {}

    def hear(self, told: dict[str, Any]) -> None:
        """Add what another generator told."""

    def settle(self, deadline: float) -> Account | None:
        """Compare with the target's own account; `deadline` is the seconds it has to catch up."""
        return None

    def clean(self) -> None:
        """Take the run's data out of use, also when seeding broke off half-way."""

    def list_leftovers(self) -> list[str]:
        """Return the application's commands (after `flask`) that delete what `clean` retired."""
        return []


class Person(FastHttpUser):
    """Somebody who acts out a scenario and looks at every answer.

    With a `schedule` people come when it says, one arrival after the other; without, as under plain
    locust, each has a pace of his own and waits for his answers.
    """

    abstract = True
    # Locust's own 60 s would hide a target that hangs.
    network_timeout = 10.0
    connection_timeout = 10.0
    workload: ClassVar[Workload]
    scenario: ClassVar[Any]
    schedule: ClassVar[Schedule | None] = None
    recorder: ClassVar[Recorder | NoRecorder] = NoRecorder()
    acting = False
    _meant: float | None = None

    def wait_time(self) -> float:
        """Return the seconds until this person's next task, under plain locust."""
        return float(constant_throughput(self.workload.peak_rate / self.workload.people)(self))

    def run(self) -> None:  # type: ignore[misc]  # locust's own PytestUser overrides it, too
        if self.schedule is None:
            super().run()  # type: ignore[no-untyped-call]
            return
        alarm = Alarm()
        try:
            self.on_start()
            self.schedule.clock.wait_for_start()
            self._come(self.schedule, alarm)
        finally:
            alarm.close()

    def _come(self, schedule: Schedule, alarm: Alarm) -> None:
        """Take one arrival after the other, wait for its moment and do what it is for."""
        while arrival := schedule.take():
            due, act = arrival
            try:
                alarm.sleep_until(schedule.clock.moment(due))
            except GreenletExit:
                schedule.give_back(due)
                raise
            self.recorder.note_sent(due)
            self._meant, self.acting = due, True
            try:
                act(self)
            except Exception as error:
                self.recorder.note_problem(f"the scenario broke: {type(error).__name__}: {error}")
            self.acting = False

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
        recorder = self.recorder
        # Only the first request of an arrival was meant for a certain moment.
        meant, self._meant = self._meant, None
        fault: str | None = "no answer when the load ended"
        came, sent = None, recorder.begin_request()
        try:
            with self.client.request(method, path, **options) as answer:
                came = recorder.now()
                fault = find_fault(answer, status, check)
                if fault:
                    answer.failure(fault)
                else:
                    answer.success()
        finally:
            recorder.end_request(kind, f"{method} {path}", meant, sent, came, fault)
        return cast(ResponseContextManager, answer)


def find_fault(answer: ResponseContextManager, status: int, check: Check | None) -> str | None:
    """Return what is wrong with `answer`, in the same words for all cases of one fault."""
    if answer.status_code == 0:
        error = getattr(answer, "error", None)
        without_port = getattr(error, "errno", None) == EADDRNOTAVAIL
        return NO_PORT if without_port else f"no answer ({type(error).__name__})"
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
