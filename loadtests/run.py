"""One run of a workload: seed, load, compare accounts, clean up."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGTERM, signal
from typing import Any

from locust.env import Environment
from locust.runners import Runner
from locust.stats import RequestStats

from loadtests.errors import TargetError
from loadtests.result import Account, Kind, Result
from loadtests.scenario import Gate, Person, Scenario
from loadtests.terminal import Terminal
from loadtests.workload import Workload

PERCENTILES = (0.50, 0.95, 0.99)
SETTLE = 30.0
"""Seconds that the target has to bring its own account up to date after the last answer."""


def run_workload(host: str, scenarios: list[Scenario], workload: Workload, terminal: Terminal) -> Result:
    """Let the people of `scenarios` act on `host` as `workload` says; return what was found.

    Whatever happens, the run's data is taken out of use at the end. Ctrl-C during the load ends it
    early and gives a result without accounts. Raises TargetError when seeding fails.
    """
    with terminate_politely(), cleaning(scenarios, terminal):
        terminal.say("Seeding")
        for scenario in scenarios:
            scenario.seed()
        result = load(host, scenarios, workload, terminal)
        if not result.interrupted:
            terminal.say("Comparing accounts")
            result.accounts = [account for each in scenarios if (account := settle(each))]
    return result


def load(host: str, scenarios: list[Scenario], workload: Workload, terminal: Terminal) -> Result:
    """Put the load on `host` and return the figures."""
    people: list[Any] = [person for scenario in scenarios for person in scenario.people]
    environment = Environment(user_classes=people, host=host)
    runner = environment.create_local_runner()
    result = Result()
    started = time.monotonic()
    try:
        # With more than 100 new users a second locust itself stumbles.
        runner.start(workload.users, spawn_rate=min(workload.users, 100))
        watch(environment, workload, terminal)
    except KeyboardInterrupt:
        result.interrupted = True
    result.seconds = time.monotonic() - started
    close_gate(Person.gate)
    runner.quit()
    result.kinds = read_kinds(environment.stats)
    result.wrong = list_wrong(runner)
    return result


def watch(environment: Environment, workload: Workload, terminal: Terminal) -> None:
    """Wait until the workload's time is up, and show how far it is."""
    started = time.monotonic()
    while (elapsed := time.monotonic() - started) < workload.duration:
        total = environment.stats.total
        terminal.show_progress(elapsed, workload.duration, total.num_requests, total.num_failures)
        time.sleep(min(1.0, workload.duration - elapsed))


def close_gate(gate: Gate) -> None:
    """Let no more requests out, and wait for the answers to those that are."""
    gate.closed = True
    end = time.monotonic() + Person.network_timeout + 1
    while gate.out and time.monotonic() < end:
        time.sleep(0.01)


def read_kinds(stats: RequestStats) -> list[Kind]:
    """Return the kinds of requests in locust's `stats`, the most frequent first."""
    kinds = [
        Kind(
            entry.name,
            entry.num_requests,
            entry.num_failures,
            tuple(entry.get_response_time_percentile(share) for share in PERCENTILES),
        )
        for entry in stats.entries.values()
    ]
    return sorted(kinds, key=lambda kind: -kind.requests)


def list_wrong(runner: Runner) -> list[str]:
    """Return a line for each kind of wrong answer, and for each way in which a scenario broke."""
    wrong = []
    for error in runner.stats.errors.values():
        kind, fault = str(error.name), str(error.error)
        first = Person.examples.get((kind, fault), "not known")
        wrong.append(f"{error.occurrences:,} x {kind}: {fault}, first: {first}")
    broken = [f"{each['count']:,} x the scenario broke: {each['msg']}" for each in runner.exceptions.values()]
    return wrong + broken


def settle(scenario: Scenario) -> Account | None:
    """Ask `scenario` for its account; a target that no longer answers is a fault in it."""
    try:
        return scenario.settle(SETTLE)
    except TargetError as error:
        return Account("accounts could not be compared", [str(error)])


@contextmanager
def cleaning(scenarios: list[Scenario], terminal: Terminal) -> Iterator[None]:
    """Clean up after `scenarios` however the block ends, and say so where that was not possible."""
    try:
        yield
    finally:
        terminal.say("Cleaning up")
        for scenario in scenarios:
            try:
                scenario.clean()
            except TargetError as error:
                terminal.say(f"Not cleaned up: {error}")


@contextmanager
def terminate_politely() -> Iterator[None]:
    """Within the block, a request to end (SIGTERM) is treated like Ctrl-C."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = signal(SIGTERM, interrupt)
    try:
        yield
    finally:
        signal(SIGTERM, previous)
