"""POSTs over HTTP/2, one after the other on a connection that is kept: curl, which repeats none by itself."""

import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# Requests on one connection.
BATCH = 100
BLOCK = """\
url = "{url}"
cacert = "{root}"
http2
silent
show-error
output = "/dev/null"
write-out = "%{{http_code}} %{{http_version}} %{{num_connects}}\\n"
"""


@dataclass
class Posts:
    """What came back: how often each status and version, on how many connections, and what curl said."""

    answers: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    complaints: list[str] = field(default_factory=list)

    def note(self, done: "subprocess.CompletedProcess[str]") -> None:
        for line in done.stdout.splitlines():
            answer, _, connects = line.rpartition(" ")
            self.answers[answer] += 1
            self.connections += int(connects)
        self.complaints += done.stderr.splitlines()


@contextmanager
def posting(
    url: str, root: Path, make_body: Callable[[], str], headers: Sequence[str] = (), people: int = 2
) -> Iterator[Posts]:
    """Have `people` post what `make_body` returns, over and over until the block ends."""
    posts, stop, lock = Posts(), threading.Event(), threading.Lock()

    def make_block() -> str:
        fields = [*(("header", header) for header in headers), ("data", make_body())]
        lines = [f'{name} = "{quote(value)}"\n' for name, value in fields]
        return BLOCK.format(url=url, root=root) + "".join(lines)

    def write() -> None:
        while not stop.is_set():
            told = "next\n".join(make_block() for _ in range(BATCH))
            done = subprocess.run(["curl", "--config", "-"], input=told, capture_output=True, text=True)
            with lock:
                posts.note(done)

    writers = [threading.Thread(target=write) for _ in range(people)]
    for writer in writers:
        writer.start()
    try:
        yield posts
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
