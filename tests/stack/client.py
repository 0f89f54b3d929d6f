"""HTTP for the tests: one client that keeps its connection, and a crowd of them that counts answers."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit


class Served(Protocol):
    """Whatever answers at an address: a stack of processes or of containers."""

    @property
    def url(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def is_problem(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/problem+json")


class Client:
    """A client of one stack. It never repeats a request by itself, so a lost one shows."""

    def __init__(self, stack: Served, *, token: str | None = None, timeout: float = 30) -> None:
        address = urlsplit(stack.url)
        self.connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=timeout)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Send one request; a body that is no bytes goes as JSON. Raises OSError when none comes back."""
        sent = self.headers | (headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent = {"Content-Type": "application/json"} | sent
        start = time.monotonic()
        try:
            self.connection.request(method, path, body, sent)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise ConnectionError(str(error)) from error
        known = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, known, content, time.monotonic() - start)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any) -> Answer:
        return self.send("POST", path, body)


@dataclass
class Crowd:
    """What a crowd met: how often each answer came, what failed, and how long the slowest took."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: dict[str, float] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    def count(self, kind: str, status: int) -> int:
        return self.answers[kind, status]


Visit = Callable[[Client, int], tuple[str, Answer]]


@contextmanager
def crowd(
    stack: Served,
    visit: Visit,
    *,
    people: int = 6,
    token: str | None = None,
    meet: Callable[[], Client] | None = None,
) -> Iterator[Crowd]:
    """Have `people` threads call `visit(client, number)` over and over until the block ends.

    `meet` makes the client of each; without it they speak plain HTTP.
    """
    met, stop, lock = Crowd(), threading.Event(), threading.Lock()

    def walk(number: int) -> None:
        client = meet() if meet else Client(stack, token=token)
        while not stop.is_set():
            try:
                kind, answer = visit(client, number)
            except ConnectionError as error:
                with lock:
                    met.failures.append(str(error))
                continue
            with lock:
                met.answers[kind, answer.status] += 1
                met.slowest[kind] = max(met.slowest.get(kind, 0), answer.seconds)
            number += people
        client.connection.close()

    threads = [threading.Thread(target=walk, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield met
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
