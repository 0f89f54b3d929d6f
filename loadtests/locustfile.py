"""The same scenarios for plain locust: `locust -f loadtests/locustfile.py [--headless]`.

Locust's own options decide on users and time. Settings from the environment: LOAD_WORKLOAD (whose
peak rate, shared by its people, items and skew to take), LOAD_TOKEN or LOAD_TOKEN_FILE,
LOAD_HOSTS_ALLOWED. Accounts are compared only by `python -m loadtests run`.
"""

import logging
import os
from argparse import ArgumentParser
from typing import Any

import gevent  # type: ignore[import-untyped]
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner

from loadtests.api import Api, read_token
from loadtests.errors import LoadError
from loadtests.hosts import check_host
from loadtests.scenario import Scenario, find_scenarios, make_tag
from loadtests.workload import read_workload

logger = logging.getLogger(__name__)
running: list[Scenario] = []

# Locust looks for classes among this module's own names.
globals().update({person.__name__: person for kind in find_scenarios() for person in kind.people})


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--i-own-this", action="store_true", help="load a host that is not local")


def prepare(environment: Environment, **_: Any) -> None:
    """Seed the scenarios' data, or end the run with one line that says why not."""
    runner = environment.runner
    if runner is None or isinstance(runner, MasterRunner):
        return  # each worker seeds what its own people need
    try:
        seed(environment)
    except LoadError as error:
        logger.error("%s", error)
        environment.process_exit_code = 1
        gevent.spawn(runner.stop if environment.web_ui else runner.quit)
        # Ends the greenlet that was about to start people; any other exception would be printed.
        raise gevent.GreenletExit from None


def seed(environment: Environment) -> None:
    """Seed the data of all scenarios; raise LoadError."""
    owned = bool(getattr(environment.parsed_options, "i_own_this", False))
    listed = os.environ.get("LOAD_HOSTS_ALLOWED", "")
    api = Api(check_host(environment.host or "", listed, owned), read_token(os.environ))
    workload = read_workload(os.environ.get("LOAD_WORKLOAD", "smoke"))
    tag = make_tag()
    for kind in find_scenarios():
        scenario = kind(api, workload, tag)
        running.append(scenario)
        scenario.seed()


def clean(**_: Any) -> None:
    """Take the data of this run out of use."""
    while running:
        try:
            running.pop().clean()
        except LoadError as error:
            logger.error("Not cleaned up: %s", error)


hooks: Any = events  # locust does not type them
hooks.init_command_line_parser.add_listener(add_options)
hooks.test_start.add_listener(prepare)
hooks.test_stop.add_listener(clean)
