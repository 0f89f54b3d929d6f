"""The crew of a run whose load comes from workers: this process is locust's master."""

import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

from locust.env import Environment
from locust.runners import STATE_MISSING

from loadtests.crew import DELAY
from loadtests.errors import CrewError
from loadtests.fingerprint import digest_scenarios
from loadtests.generator import PATIENCE, Report
from loadtests.orders import BEGIN, HALT, ORDER, READY, REPORT, Order, Ready
from loadtests.scenario import Scenario
from loadtests.setup import Setup
from loadtests.terminal import Terminal
from loadtests.workload import Workload

JOIN = 60.0
"""Seconds within which all workers must have come."""
GRACE = 15.0
"""Seconds that a worker has, beyond what it needs, to answer an order or to send its last report."""
NAP = 0.05


class MasterCrew:
    """So many workers, each on a core or host of its own."""

    def __init__(self, setup: Setup, scenarios: Sequence[Scenario], terminal: Terminal) -> None:
        """Wait for the workers to come. Raises CrewError."""
        self.size = setup.workers
        self._setup = setup
        self._scenarios = scenarios
        people: list[Any] = [person for each in scenarios for person in each.people]
        check_free(setup.bind, setup.port)
        self._runner = Environment(user_classes=people, host=setup.host).create_master_runner(
            setup.bind, setup.port
        )
        self._runner.register_message(READY, self._note_ready)
        self._runner.register_message(REPORT, self._note_report)
        self._names: dict[str, str] = {}
        self._ready: dict[str, Ready] = {}
        self._reports: list[Report] = []
        self._over: set[str] = set()
        self._lost: set[str] = set()
        self._deadline = 0.0
        terminal.say(f"Waiting for {self.size} workers at {setup.bind}, port {setup.port}")
        try:
            self._gather()
        except BaseException:
            self.close()
            raise

    def begin(self, workload: Workload) -> float:
        self._over.clear()
        self._ready.clear()
        self._check_all_there()
        shared = {type(each).__name__: each.share() for each in self._scenarios}
        for index, worker in enumerate(self._names):
            order = Order(
                host=self._setup.host,
                token=self._setup.token,
                tag=self._scenarios[0].tag,
                workload=workload,
                shared=shared,
                index=index,
                generators=self.size,
            )
            self._runner.send_message(ORDER, {"json": order.model_dump_json()}, worker)
        self._wait(lambda: len(self._ready) == self.size, GRACE)
        self._check_ready()
        self._runner.send_message(BEGIN, {"delay": DELAY})
        self._deadline = time.monotonic() + DELAY + workload.seconds + PATIENCE + GRACE
        return time.time() + DELAY

    def collect(self) -> list[Report]:
        reports, self._reports = self._reports, []
        return reports

    def halt(self) -> None:
        self._runner.send_message(HALT)
        self._deadline = min(self._deadline, time.monotonic() + PATIENCE + GRACE)

    def is_over(self) -> bool:
        late = time.monotonic() > self._deadline
        for worker, name in self._names.items():
            if name not in self._over and (late or not self._is_there(worker)):
                self._lost.add(name)
        return not self._reports and self._over | self._lost == set(self._names.values())

    def list_lost(self) -> list[str]:
        return sorted(self._lost)

    def close(self) -> None:
        self._runner.quit()

    def _gather(self) -> None:
        self._wait(lambda: len(self._runner.clients.ready) >= self.size, JOIN)
        present = [client.id for client in self._runner.clients.ready][: self.size]
        if len(present) < self.size:
            raise CrewError(
                f"{len(present)} of {self.size} workers came within {JOIN:g} s. Start each with: "
                f"python -m loadtests worker --master HOST --port {self._setup.port}"
            )
        self._names = {worker: f"generator-{index + 1}" for index, worker in enumerate(present)}

    def _check_all_there(self) -> None:
        gone = [name for worker, name in self._names.items() if not self._is_there(worker)]
        if self._lost or gone:
            raise CrewError(f"{', '.join(sorted(self._lost.union(gone)))} was lost. Start all workers again.")

    def _check_ready(self) -> None:
        digest = digest_scenarios()
        for worker, name in self._names.items():
            ready = self._ready.get(worker)
            if ready is None:
                raise CrewError(f"{name} did not get ready within {GRACE:g} s. Start all workers again.")
            if ready.error or ready.scenarios != digest:
                reason = ready.error or "its scenarios differ from those here: give it the same loadtests/"
                raise CrewError(f"{name} cannot play this load: {reason}")

    def _is_there(self, worker: str) -> bool:
        client = self._runner.clients.get(worker)
        return client is not None and client.state != STATE_MISSING

    def _note_ready(self, msg: Any, **_: Any) -> None:
        self._ready[msg.node_id] = Ready.model_validate_json(msg.data["json"])

    def _note_report(self, msg: Any, **_: Any) -> None:
        report = Report.model_validate_json(msg.data["json"])
        self._reports.append(report)
        if report.over:
            self._over.add(report.generator)

    def _wait(self, condition: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            time.sleep(NAP)


def check_free(address: str, port: int) -> None:
    """Raise CrewError unless workers can be awaited there; locust itself would end the process."""
    try:
        socket.create_server(("" if address == "*" else address, port)).close()
    except OSError as error:
        raise CrewError(
            f"Workers cannot be awaited at {address}, port {port}: {error.strerror}. Give another --port."
        ) from None
