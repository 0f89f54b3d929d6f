"""A worker: a generator that does what a master elsewhere orders."""

import time
from collections.abc import Iterator
from typing import Any

import gevent  # type: ignore[import-untyped]
from locust.env import Environment

from loadtests.api import Api
from loadtests.errors import CrewError, LoadError
from loadtests.fingerprint import digest_scenarios
from loadtests.generator import Generator
from loadtests.orders import BEGIN, HALT, ORDER, READY, REPORT, Order, Ready
from loadtests.scenario import Scenario, find_scenarios

INTERVAL = 1.0


class Worker:
    """Serves the master at an address until that lets it go."""

    def __init__(self, master: str, port: int) -> None:
        """Connect. Raises CrewError when nobody answers there for minutes."""
        self._kinds = find_scenarios()
        people: list[Any] = [person for kind in self._kinds for person in kind.people]
        try:
            self._runner = Environment(user_classes=people).create_worker_runner(master, port)
        except ConnectionError:
            raise CrewError(f"No master answers at {master}, port {port}.") from None
        self._scenarios: list[Scenario] = []
        self._generator: Generator | None = None
        self._runner.register_message(ORDER, self._prepare)
        self._runner.register_message(BEGIN, self._begin)
        self._runner.register_message(HALT, self._halt)

    def serve(self) -> None:
        """Return when the master says so, or was not heard of for a minute."""
        try:
            self._runner.greenlet.join()
        except KeyboardInterrupt:
            # So the master need not wait for a heartbeat that does not come.
            self._runner.send_message("quit")
            raise

    def _prepare(self, msg: Any, **_: Any) -> None:
        order = Order.model_validate_json(msg.data["json"])
        ready = Ready(scenarios=digest_scenarios())
        self._runner.environment.host = order.host
        try:
            if [each.tag for each in self._scenarios[:1]] != [order.tag]:
                self._scenarios = list(self._adopt(order))
            self._generator = Generator(
                self._runner, self._scenarios, order.workload, order.index, order.generators
            )
        except (LoadError, KeyError) as error:
            ready.error = str(error)
        self._send(READY, ready.model_dump_json())

    def _adopt(self, order: Order) -> Iterator[Scenario]:
        """Yield the scenarios of a run that is new here; later loads of it go on with them."""
        api = Api(order.host, order.token)
        for kind in self._kinds:
            scenario = kind(api, order.workload, order.tag)
            scenario.adopt(order.shared[kind.__name__], f"g{order.index + 1}")
            yield scenario

    def _begin(self, msg: Any, **_: Any) -> None:
        if self._generator:
            self._generator.start(msg.data["delay"])
            gevent.spawn(self._report, self._generator)

    def _halt(self, **_: Any) -> None:
        if self._generator:
            self._generator.halt()

    def _report(self, generator: Generator) -> None:
        over = False
        while not over:
            time.sleep(INTERVAL)
            report = generator.report()
            report.told = {type(each).__name__: each.tell() for each in self._scenarios}
            self._send(REPORT, report.model_dump_json())
            over = report.over

    def _send(self, kind: str, json: str) -> None:
        self._runner.send_message(kind, {"json": json})
