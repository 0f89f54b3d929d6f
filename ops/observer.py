"""What the target's side does while it is loaded, sampled once a second into a file of JSON lines.

    {"time": 1790000000.0, "cpu": {"web-a": 0.42}, "connections": 9, "slots": {"web-a": true}}

It only looks. What cannot be seen is left out of its line, and told once when all is over.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops import proc
from ops.conversation import Conversation

INTERVAL_SECONDS = 1.0
ANSWER_SECONDS = 0.5
CONNECTIONS = "SHOW GLOBAL STATUS LIKE 'Threads_connected';"


@dataclass(frozen=True)
class Vantage:
    """Where one can see the services of a stack from.

    `find_processes` returns the first process of each service that this host sees; `find_slots`, given
    these, the directory in which a slot's socket exists while the slot is in rotation.
    """

    services: Sequence[str]
    find_processes: Callable[[], Mapping[str, int]]
    find_slots: Callable[[Mapping[str, int]], Path]


class Observer:
    """Watches a stack from a vantage and, in a conversation, its database."""

    def __init__(self, vantage: Vantage, database: Conversation) -> None:
        self.vantage = vantage
        self.database = database
        self.roots: Mapping[str, int] = {}
        self.used: dict[str, float] = {}
        self.looked_at = 0.0
        self.unseen: dict[str, str] = {}
        self.looks: Mapping[str, Callable[[], Any]] = {
            "cpu": self.look_at_processors,
            "connections": self.look_at_database,
            "slots": self.look_at_slots,
        }

    @contextmanager
    def writing(self, file: Path) -> Iterator[None]:
        """Append a line to `file` once a second for as long as the block runs."""
        over = threading.Event()
        thread = threading.Thread(target=self.write, args=(file, over))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def write(self, file: Path, over: threading.Event) -> None:
        self.sample()  # the first look at the processors is what the second compares with
        while not over.wait(INTERVAL_SECONDS):
            line = json.dumps(self.sample())
            with file.open("a", encoding="utf-8") as lines:
                lines.write(f"{line}\n")

    def sample(self) -> dict[str, Any]:
        """Look at everything; what cannot be seen is not in the result."""
        seen: dict[str, Any] = {"time": time.time()}
        for name, look in self.looks.items():
            try:
                seen[name] = look()
            except (OSError, LookupError, ValueError) as error:
                self.unseen.setdefault(name, str(error))
        return seen

    def look_at_processors(self) -> dict[str, float]:
        """Return the cores that each service used since the last look."""
        processes, now = proc.read_processes(), time.monotonic()
        if any(self.roots.get(service) not in processes for service in self.vantage.services):
            self.roots = self.vantage.find_processes()
        if not self.roots:
            raise LookupError("no process of the stack is seen from here")
        used, before = proc.sum_trees(processes, self.roots), self.used
        seconds, self.used, self.looked_at = now - self.looked_at, used, now
        # A service that was restarted begins again at nothing.
        return {
            name: round((total - before[name]) / seconds, 3)
            for name, total in used.items()
            if total >= before.get(name, total + 1)
        }

    def look_at_database(self) -> int:
        """Return how many connections there are to the database, besides our own."""
        return int(self.database.ask(CONNECTIONS, ANSWER_SECONDS).split()[-1]) - 1

    def look_at_slots(self) -> dict[str, bool]:
        """Return for each slot whether it is in rotation."""
        present = {path.name for path in self.vantage.find_slots(self.roots).iterdir()}
        slots = [service for service in self.vantage.services if service.startswith("web-")]
        return {slot: f"{slot.removeprefix('web-')}.sock" in present for slot in slots}
