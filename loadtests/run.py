"""A run: a target with the run's data in it, loaded once or several times, and cleaned in the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from loadtests.api import Api
from loadtests.crew import Crew, LocalCrew
from loadtests.errors import ResultError, TargetError
from loadtests.fingerprint import take_fingerprint
from loadtests.interruption import Interruption, expecting_interruption
from loadtests.load import Load
from loadtests.master import MasterCrew
from loadtests.mix import share_out
from loadtests.observations import read_observations
from loadtests.recorder import lay_out_windows
from loadtests.result import Account, Result
from loadtests.scenario import Scenario, find_scenarios, make_tag
from loadtests.setup import Setup
from loadtests.terminal import Terminal
from loadtests.workload import Workload

SETTLE = 30.0
"""Seconds that the target has to bring its own account up to date after the last answer."""


class Session:
    """A target that is ready to be loaded."""

    def __init__(
        self,
        setup: Setup,
        scenarios: Sequence[Scenario],
        crew: Crew,
        interruption: Interruption,
        terminal: Terminal,
    ) -> None:
        self.version = ask_version(scenarios[0].api)
        self._setup = setup
        self._scenarios = scenarios
        self._crew = crew
        self._interruption = interruption
        self._terminal = terminal

    def measure(self, workload: Workload, name: str, accounts: bool = True) -> Result:
        """Load the target with `workload`, called `name`; return what was found, not judged yet.

        With `accounts` the scenarios then compare theirs with the target's. Ctrl-C and SIGTERM end the
        load early; the result is marked `interrupted` and ends at that moment. The workload may differ in
        its mix, people and phases from the one that the session was opened with, not in its items.
        Raises WorkloadError when its mix names a kind that no scenario has.
        """
        with self._interruption.deferred():
            began = self._crew.begin(workload)
            result = self._describe(workload, name, began)
            Load(self._crew, self._scenarios, result, began).watch(self._interruption, self._terminal)
        self._add_observations(result, began)
        # What a lost generator saw is not known, so no account could agree.
        if accounts and not result.interrupted and not self._crew.list_lost():
            self._compare_accounts(result)
        return result

    def _describe(self, workload: Workload, name: str, began: float) -> Result:
        moment, phases = datetime.fromtimestamp(began, UTC), workload.lay_out()
        return Result(
            id=f"{moment:%Y%m%dT%H%M%SZ}-{name}",
            started=moment.isoformat(timespec="milliseconds"),
            host=self._setup.host,
            version=self.version,
            workload=name,
            fingerprint=take_fingerprint(workload, self._crew.size, self._setup.topology),
            phases=phases,
            window_seconds=workload.window_seconds,
            windows=lay_out_windows(phases, workload.window_seconds),
            ceiling=self._setup.ceiling,
        )

    def _add_observations(self, result: Result, began: float) -> None:
        seconds = sum(phase.seconds for phase in result.phases)
        if self._setup.observations:
            try:
                result.observations = read_observations(self._setup.observations, began, seconds)
            except ResultError as error:
                # What was measured is worth keeping without it.
                self._terminal.say(f"Without the target's side: {error}")

    def _compare_accounts(self, result: Result) -> None:
        self._terminal.say("Comparing accounts")
        try:
            result.accounts = [account for each in self._scenarios if (account := settle(each))]
        except KeyboardInterrupt:
            result.interrupted = True


@contextmanager
def open_session(setup: Setup, workload: Workload, terminal: Terminal) -> Iterator[Session]:
    """Seed the target of `setup` with the items of `workload`; in the end take them out of use.

    Raises WorkloadError, TargetError and CrewError. Ctrl-C and SIGTERM are raised as KeyboardInterrupt,
    but a load they end in order.
    """
    api, tag = Api(setup.host, setup.token), make_tag()
    scenarios = [kind(api, workload, tag) for kind in find_scenarios()]
    share_out([person for each in scenarios for person in each.people], workload.mix)
    leftovers = [line for scenario in scenarios for line in scenario.list_leftovers()]
    if setup.leftovers:
        # Before anything is made, so that they are known however the run ends.
        setup.leftovers.write_text("".join(f"{line}\n" for line in leftovers), encoding="utf-8")
    with expecting_interruption() as interruption, gathering(setup, scenarios, terminal) as crew:
        session = Session(setup, scenarios, crew, interruption, terminal)
        with cleaning(scenarios, terminal):
            terminal.say("Seeding")
            for scenario in scenarios:
                scenario.seed()
            yield session
        if not setup.leftovers:
            for line in leftovers:
                terminal.say(f"Retired, not deleted. To delete it: flask {line}")


@contextmanager
def gathering(setup: Setup, scenarios: Sequence[Scenario], terminal: Terminal) -> Iterator[Crew]:
    """Gather the generators, and let them go however the block ends. Raises CrewError."""
    crew: Crew = MasterCrew(setup, scenarios, terminal) if setup.workers else LocalCrew(setup.host, scenarios)
    try:
        yield crew
    finally:
        crew.close()


@contextmanager
def cleaning(scenarios: Sequence[Scenario], terminal: Terminal) -> Iterator[None]:
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


def settle(scenario: Scenario) -> Account | None:
    """Ask `scenario` for its account; a target that no longer answers is a fault in it."""
    try:
        return scenario.settle(SETTLE)
    except TargetError as error:
        return Account(summary="accounts could not be compared", faults=[str(error)])


def ask_version(api: Api) -> str:
    """Return the version that the target tells of itself, else "unknown". Raises TargetError."""
    body = api.call("GET", "/version").body
    return str(body["version"]) if isinstance(body, dict) and "version" in body else "unknown"
