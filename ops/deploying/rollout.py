"""One service after the other is replaced; when one will not do, the old ones take their places again."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ops.console import Console
from ops.deploying.stack import Stack
from ops.errors import CommandFailed, DemijohnError
from ops.runtimes import LINES_SHOWN

SLOTS = ("web-a", "web-b")
SERVICES = ("db", *SLOTS, "worker", "nginx")
HEALTHY_SECONDS = 90
# A release that starts well and ends soon after is no better than one that does not start.
STEADY_SECONDS = 3.0
LINES_OF_A_FAILURE = 20


class BrokenError(Exception):
    """A service of the new version is no good; `lines` are the last ones of its log."""

    def __init__(self, what: str, lines: Sequence[str]) -> None:
        self.what, self.lines = what, list(lines)
        super().__init__(what)


@dataclass
class Rollout:
    """Brings a host from the version `old`, if it has one, to `new`."""

    stack: Stack
    console: Console
    old: str
    new: str
    touched: list[str] = field(default_factory=list)

    def replace(self, services: Sequence[str]) -> None:
        """Replace the services in this order, each when the one before it has proved itself.

        Raises DemijohnError when one does not; then the old version has their places again.
        """
        for service in services:
            with self.console.step(f"{service}, version {self.new}"):
                self.touched.append(service)
                try:
                    self.start(service)
                except BrokenError as broken:
                    self.console.lines(f"The end of {service}'s log:", broken.lines[-LINES_OF_A_FAILURE:])
                    self.go_back()
                    raise DemijohnError(f"{service} {broken.what}; {self.describe_rest()}") from broken
                except BaseException:
                    self.go_back()
                    raise

    def complete(self) -> None:
        """Start what stands behind a profile, as the service that obtains certificates does."""
        with self.console.step("Whatever else belongs to it"):
            self.stack.run(self.stack.compose(self.new).complete())

    def start(self, service: str) -> None:
        compose = self.stack.compose(self.new)
        try:
            self.stack.run(compose.start(service, HEALTHY_SECONDS))
        except CommandFailed as failed:
            raise BrokenError("did not become healthy", self.last_lines(service)) from failed
        if service in SLOTS:
            self.verify(service)

    def verify(self, slot: str) -> None:
        """Ask a slot which version it is and whether it is ready, now and some seconds later."""
        container = self.describe(slot)
        for pause in (0.0, STEADY_SECONDS):
            time.sleep(pause)
            try:
                version = json.loads(self.stack.ask_slot(self.new, slot, "/version"))["version"]
                self.stack.ask_slot(self.new, slot, "/readyz")
            except CommandFailed as failed:
                what = f"is not ready: {' '.join(failed.lines) or 'no answer'}"
                raise BrokenError(what, self.last_lines(slot)) from failed
            if version != self.new:
                raise BrokenError(f"says that it is version {version}", self.last_lines(slot))
        if self.describe(slot) != container:
            raise BrokenError("was healthy and then ended", self.last_lines(slot))

    def describe(self, service: str) -> str:
        """What changes when a container is started again: its id, and when its process began."""
        compose = self.stack.compose(self.new)
        identity = self.stack.run(compose.call("ps", "--quiet", service))
        return " ".join(
            self.stack.run(["docker", "inspect", "--format", "{{.Id}} {{.State.StartedAt}}", *identity])
        )

    def last_lines(self, service: str) -> list[str]:
        return self.stack.run(self.stack.compose(self.new).logs(service, lines=LINES_SHOWN))

    def describe_rest(self) -> str:
        return f"version {self.old} serves on" if self.old else "nothing serves yet"

    def go_back(self) -> None:
        """Give every place that was touched to the old version, the last one first."""
        for touched in reversed(self.touched):
            self.console.say(f"{touched} goes back to {self.old or 'nothing'}")
            try:
                if self.old:
                    self.stack.run(self.stack.compose(self.old).start(touched, HEALTHY_SECONDS))
                else:
                    self.stack.run(self.stack.compose(self.new).stop(touched))
            except DemijohnError as failed:
                self.console.error(f"{touched} did not go back: {failed}")
