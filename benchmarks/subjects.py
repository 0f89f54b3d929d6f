"""The subjects: what is measured. Each answer is looked at once before, so that no error is timed."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

from benchmarks.errors import BenchmarkError
from benchmarks.fixtures import bare_gunicorn, counting_application, plain_nginx, uncached_nginx
from benchmarks.rounds import Measure
from benchmarks.stack import Stack
from benchmarks.wrk import CONNECTIONS, measure

TARGET = "https://example.org/benchmark"
SLUG = "bench"
CATCH_UP = 60.0
"""Seconds that the worker may take to count what one measurement left behind."""


@contextmanager
def serve_subjects(stack: Stack) -> Iterator[Mapping[str, Measure]]:
    """Serve all that is compared; yield what measures each, by name. Raises BenchmarkError."""
    token = stack.flask("tokens", "create", "benchmark", "--scope", "write").split()[-1]
    stack.flask("links", "create", TARGET, "--slug", SLUG)
    with (
        plain_nginx(stack, "bare-nginx", f"return 302 {TARGET};") as nginx,
        uncached_nginx(stack) as uncached,
        counting_application(stack) as counting,
        bare_gunicorn(stack) as gunicorn,
    ):
        for url in (nginx, stack.url, uncached, counting):
            check_answer(url, f"/{SLUG}", 302, TARGET)
        for url in (stack.url, gunicorn):
            check_answer(url, "/", 200)
        yield {
            "nginx_return": lambda seconds: measure(f"{nginx}/{SLUG}", seconds).rate,
            "cached_redirect": CountedRedirect(stack, token),
            "orm_read": lambda seconds: measure(f"{uncached}/{SLUG}", seconds).rate,
            "counting_in_request": lambda seconds: measure(f"{counting}/{SLUG}", seconds).rate,
            "hello": lambda seconds: measure(f"{stack.url}/", seconds).rate,
            # Nginx, too, opens a connection for each request to gunicorn.
            "gunicorn_socket": lambda seconds: measure(f"{gunicorn}/", seconds, keep_alive=False).rate,
            "api_create": lambda seconds: measure(f"{stack.url}/api/links", seconds, token=token).rate,
        }


class CountedRedirect:
    """The redirect from the cache. Each measurement ends when the worker has counted its clicks.

    So the next subject has the machine for itself, and a fast answer that is not counted is none.
    """

    def __init__(self, stack: Stack, token: str) -> None:
        self.url = stack.url
        self.headers = {"Authorization": f"Bearer {token}"}
        self.answered = 0
        # The one that `check_answer` followed; and what was under way when wrk stopped.
        self.uncertain = 1

    def __call__(self, seconds: int) -> float:
        measured = measure(f"{self.url}/{SLUG}", seconds)
        self.answered += measured.answers
        self.uncertain += CONNECTIONS
        self.await_clicks()
        return measured.rate

    def await_clicks(self) -> None:
        """Return when as many clicks are counted as were answered; raise BenchmarkError if never."""
        end = time.monotonic() + CATCH_UP
        while not 0 <= (more := self.count_clicks() - self.answered) <= self.uncertain:
            if time.monotonic() > end:
                raise BenchmarkError(f"{self.answered} redirects were answered, and {more:+} of them counted")
            time.sleep(0.1)

    def count_clicks(self) -> int:
        path = f"/api/links/{SLUG}"
        link = json.loads(check_answer(self.url, path, 200, headers=self.headers))
        return int(link["humans"]) + int(link["bots"])


def check_answer(
    url: str,
    path: str,
    status: int,
    location: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Get `path` and return its body; raise BenchmarkError if status or Location are others."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers=dict(headers or {}))
        answer: HTTPResponse = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    found = (answer.status, answer.headers["Location"])
    if found != (status, location):
        raise BenchmarkError(f"{url}{path}: expected {(status, location)}, found {found}")
    return body
