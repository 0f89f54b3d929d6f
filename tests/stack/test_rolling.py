"""A slot may be replaced or restarted at any time: no request fails, and none is executed twice."""

import itertools
import time

from tests.stack.client import Answer, Client, crowd
from tests.stack.private_stack import Stack

ROUNDS = 3
# Between two requests of a visitor: the machine is to have time for the slots as well.
PAUSE_SECONDS = 0.02


def test_restarting_one_slot_after_the_other_fails_no_request(stack: Stack) -> None:
    numbers = itertools.count()
    sent: set[str] = set()

    def visit(client: Client, number: int) -> tuple[str, Answer]:
        time.sleep(PAUSE_SECONDS)
        if number % 2:
            return "read", client.get("/api/links?limit=1")
        slug = f"roll-{next(numbers)}"
        answer = client.post("/api/links", {"target": "https://example.com/", "slug": slug})
        if answer.status == 201:
            sent.add(slug)
        return "write", answer

    with crowd(stack, visit, token=stack.token) as met:
        for _ in range(ROUNDS):
            for slot in ("web-a", "web-b"):
                stack.demijohn("restart", slot)
    assert not met.failures
    # A POST that was executed twice would meet its own slug and answer 409.
    assert set(met.answers) == {("read", 200), ("write", 201)}, met.answers
    assert met.count("write", 201) > 100
    exported = Client(stack, token=stack.token).get("/api/links.csv").body.decode()
    assert sent <= {line.split(",")[3] for line in exported.splitlines()}
